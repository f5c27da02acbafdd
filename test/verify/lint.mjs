// Runs cfn-lint, which checks a template against the schemas of its resources and AWS's documented limits.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const config = fileURLToPath(new URL("cfnlintrc.yaml", import.meta.url));

/** Returns cfn-lint's errors and warnings, a line each. */
export async function lint(cfnLint, files) {
  const run = promisify(execFile)(cfnLint, ["--config-file", config, "--format", "parseable", ...files]);
  const { stdout } = await run.catch((error) => {
    if (!error.stdout) throw error; // not a finding: cfn-lint did not run
    return error;
  });
  return stdout.split("\n").filter(Boolean);
}
