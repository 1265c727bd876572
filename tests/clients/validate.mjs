// Validates the HTML files that it is given; prints a list of [file, what is wrong] as JSON.

import { readFileSync } from "node:fs";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
    elements: ["html5"],
    rules: {
      // Everything comes from the page's own host.
      "require-sri": ["error", { target: "crossorigin" }],
      // What scrolls is a region whether it is a section or not.
      "prefer-native-element": ["error", { exclude: ["region"] }],
      // It counts what templates hold; axe sees the landmarks that are shown.
      "unique-landmark": "off",
    },
  }),
);

const found = [];
for (const file of process.argv.slice(2)) {
  const report = await validator.validateString(readFileSync(file, "utf8"), file);
  for (const result of report.results)
    for (const { line, ruleId, message } of result.messages) found.push([file, `${line} ${ruleId}: ${message}`]);
}
console.log(JSON.stringify(found));
