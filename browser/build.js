// Bundles the libraries the pages load only when they are needed. Same lock file in, same bytes out.
import { build } from "esbuild";

await build({
  entryPoints: { yasgui: "src/yasgui.js", cytoscape: "src/cytoscape.js" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "linked",
  loader: { ".svg": "dataurl", ".woff2": "dataurl", ".woff": "empty", ".ttf": "empty", ".eot": "empty" },
  outdir: "../src/aimsgraph/web/pages/static/built",
  logLevel: "warning",
});
