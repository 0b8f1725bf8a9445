"""Pure statistics: intervals of rates, shrinkage, control limits, and how alike two texts are."""
