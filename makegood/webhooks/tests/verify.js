// Verifies one message as a receiver in Node does: secret, headers and body come as JSON on the standard input.
const { Webhook } = require("standardwebhooks");

let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
  const { secret, headers, body } = JSON.parse(text);
  process.stdout.write(JSON.stringify(new Webhook(secret).verify(body, headers)));
});
