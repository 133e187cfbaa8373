import { build, type BuildOptions, stop } from "esbuild";
import { deno, root, writeRuntimeConfig } from "./runtime_packages.ts";

/** One module, and what esbuild tells of it. */
export interface Bundle {
  readonly contents: Uint8Array;
  readonly metafile: unknown;
}

/** All that `entry` reaches, in one module for an engine of 2022; names stay, for who reads a stack. */
export async function bundled(
  entry: string,
  options: Pick<BuildOptions, "banner" | "conditions" | "external" | "platform">,
): Promise<Bundle> {
  const temporary = await Deno.makeTempDir({ prefix: "davit-bundle-" });
  try {
    // esbuild finds packages in a node_modules folder only.
    await writeRuntimeConfig(temporary, entry, { nodeModulesDir: "auto" });
    await deno(["install", "--quiet"], { cwd: temporary });
    const { metafile, outputFiles: [file] } = await build({
      ...options,
      entryPoints: [entry],
      absWorkingDir: root.pathname,
      nodePaths: [`${temporary}/node_modules`],
      bundle: true,
      format: "esm",
      target: "es2022",
      minifySyntax: true,
      minifyWhitespace: true,
      mainFields: ["module", "main"],
      metafile: true,
      write: false,
    });
    if (file === undefined) throw new Error("esbuild made nothing");
    return { contents: file.contents, metafile };
  } finally {
    await stop();
    await Deno.remove(temporary, { recursive: true });
  }
}
