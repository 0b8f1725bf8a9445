"""The demo: a made-up operator with believable calls, people and disputes. Nothing here serves real data."""
