// Audits pages with Lighthouse in one browser. Reads {"chrome", "flags", "categories", "pages": [{"url", "cookie"}]}.
// Prints one line of JSON per page: where it ended, its scores, and every audit that falls short.
import { readFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const { chrome, flags, categories, pages } = JSON.parse(readFileSync(0, "utf8"));
const started = await launch({ chromePath: chrome, chromeFlags: flags, logLevel: "silent" });
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${started.port}`, defaultViewport: null });
// What is looked for does not depend on a slow line, and nothing is waited for beyond the load. "simulate" slows no page
// down: it would reckon with a slow line afterwards, for figures of speed that nobody asks for here; any other word waits.
const quick = { throttlingMethod: "simulate", pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 0, cpuQuietThresholdMs: 0 };
const options = {
  port: started.port, logLevel: "silent", onlyCategories: categories, disableFullPageScreenshot: true,
  skipAboutBlank: true, disableStorageReset: true, ...quick,
};
try {
  for (const { url, cookie } of pages) {
    const page = await browser.newPage();
    await browser.setCookie({ ...cookie, domain: new URL(url).hostname, path: "/" });
    const { lhr } = await lighthouse(url, options, undefined, page);
    const short = Object.values(lhr.audits)
      .filter((audit) => audit.score !== null && audit.score < 1)
      .map((audit) => `${audit.id}: ${audit.title} ${JSON.stringify(audit.details?.items ?? []).slice(0, 600)}`);
    const scores = Object.fromEntries(categories.map((name) => [name, lhr.categories[name].score]));
    console.log(JSON.stringify({ url: lhr.finalDisplayedUrl, scores, short }));
    await page.close();
  }
} finally {
  await browser.disconnect();
  await started.kill();
}
