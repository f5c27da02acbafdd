// Runs AWS's rules over synthesized templates and leaves their report in a folder:
//
//	node rules.mjs <folder> <template>...
//
// The rules are cdk-nag's packs and CloudFormation Validate, which aws-cdk-lib runs at every synth. It is a process
// of its own because a synth with findings throws and prints all of them.
import { App, LegacyStackSynthesizer, Stack, Validations } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from "cdk-nag";
import { basename } from "node:path";

const [outdir, ...templates] = process.argv.slice(2);
const app = new App({
  outdir,
  // Without it CDK's own rules only warn.
  context: { "@aws-cdk/core:validateAgainstDefaultRules": true },
});
for (const templateFile of templates) {
  // The template brings its own bootstrap parameter and rule: the default synthesizer would add them twice.
  const stack = new Stack(app, basename(templateFile, ".template.json"), { synthesizer: new LegacyStackSynthesizer() });
  new CfnInclude(stack, "Template", { templateFile });
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new ServerlessChecks(app));
app.synth();
