/** `npm run docs [-- FOLDER]`: the documents and the API as a small site, its links checked. */
import { buildSite } from "./site/build.js";
import { brokenLinks } from "./site/links.js";

const [folder = "site"] = process.argv.slice(2);
const faults = [...(await buildSite(folder)), ...(await brokenLinks(folder))];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${folder}/index.html`);
