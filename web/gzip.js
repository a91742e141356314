// Writes name.gz beside every built text file, so that the server never compresses what does not change.
import { gzipSync } from "node:zlib";

export function gzip() {
  return {
    name: "mingjing-gzip",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          if (!/\.(css|js|svg)$/.test(name)) continue;
          const source = gzipSync(file.code ?? file.source, { level: 9 });
          this.emitFile({ type: "asset", fileName: `${name}.gz`, source });
        }
      },
    },
  };
}
