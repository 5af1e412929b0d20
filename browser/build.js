// Bundles the libraries the pages load only when they are needed. Same lock file in, same bytes out.
import { build } from "esbuild";

await build({
  entryPoints: { editor: "src/editor.js", cytoscape: "src/cytoscape.js" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "linked",
  outdir: "../src/aimsgraph/web/pages/static/built",
  logLevel: "warning",
});
