// Reads the OData sets with o.js and @odata/client, and prints what they found as JSON.
// Environment: SERVICE (address that ends with /odata/), TOKEN, CUSTOMER, ALIAS.
"use strict";

const { OData } = require("@odata/client");
const { o } = require("o.js");

const { SERVICE, TOKEN, CUSTOMER, ALIAS } = process.env;
const headers = { Authorization: `Bearer ${TOKEN}`, CustomerID: CUSTOMER, UsageAlias: ALIAS };

async function withO() {
  const handler = o(SERVICE, { headers });
  const features = await handler.get("InvoiceFeature").query({ $filter: "Amount gt 4.9 and contains(Feature,'FEE')" });
  const usage = await handler.get("UsageDetail").query({ $orderby: "UsageDate desc", $top: 2, $select: "UsageRecordID" });
  const bill = await handler.get("Invoice(1984950)").query({ $select: "InvoiceNumber,UsageAlias" });
  return { features, usage, bill };
}

async function withClient() {
  const client = OData.New4({ serviceEndpoint: SERVICE, metadataUri: `${SERVICE}$metadata`, commonHeaders: headers });
  const features = await client
    .getEntitySet("InvoiceFeature")
    .query(client.newParam().filter(client.newFilter().property("CustomerID").eq(Number(CUSTOMER)).property("Amount").gt(4.9)));
  const usage = await client.getEntitySet("UsageDetail").query(client.newParam().orderby("UsageDate", "desc").top(2));
  const bill = await client.getEntitySet("Invoice").retrieve(1984950);
  const count = await client.getEntitySet("UsageDetail").count();
  return { features, usage, bill, count };
}

async function main() {
  console.log(JSON.stringify({ o: await withO(), client: await withClient() }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
