// Bundles each script of ours with what it needs from npm, under a name that holds the hash of what is in it.
// Beside it go the licences of what was bundled, and a manifest that tells the names.

import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "service", "workplan", "web", "static", "built");

async function licenceOf(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  if (!file) throw new Error(`${name} ${version} has no licence file`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
}

/** The name of the package from which *path* comes; null for a script of ours. */
function packageOf(path) {
  const parts = path.split("/");
  const at = parts.lastIndexOf("node_modules");
  if (at < 0) return null;
  return parts[at + 1].startsWith("@") ? `${parts[at + 1]}/${parts[at + 2]}` : parts[at + 1];
}

await rm(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { editor: "editor/main.js" },
  entryNames: "[name]-[hash]",
  outdir: out,
  bundle: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "none",
  banner: { js: "/*! Licences of what this file bundles: the file of the same name that ends in .txt */" },
  metafile: true,
});
const manifest = {};
for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
  const file = relative(out, join(here, path)).split(sep).join("/");
  const name = `${entryPoint.split("/")[0]}.js`;
  const packages = [...new Set(Object.keys(inputs).map(packageOf).filter(Boolean))].sort();
  const licences = await Promise.all(packages.map(licenceOf));
  const beside = file.replace(/\.js$/, ".txt");
  await writeFile(join(out, beside), licences.join(`\n${"-".repeat(72)}\n\n`));
  manifest[name] = file;
  manifest[name.replace(/\.js$/, ".txt")] = beside;
}
// Last: where it stands, all the rest does.
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
