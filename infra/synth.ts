import { mkdirSync, writeFileSync } from 'node:fs';
import { contextOfApp } from './config.ts';
import { endOnMistakes } from './end-on-mistakes.ts';
import { templates } from './templates.ts';

/** Writes the templates for people without CDK; needs no network and no credentials. `npm run synth` */
const FOLDER = 'dist/cloudformation';

const { app, ledger, hub, member } = endOnMistakes(() => templates(contextOfApp(), true));
const assembly = app.synth();
mkdirSync(FOLDER, { recursive: true });
for (const { stackName } of [ledger, hub, member]) {
  const { template } = assembly.getStackByName(stackName);
  const file = `${FOLDER}/${stackName}.template.json`;
  const text = `${JSON.stringify(template, null, 1)}\n`;
  writeFileSync(file, text);
  console.log(
    `${file}  ${Object.keys(template.Resources).length} resources  ${Math.round(text.length / 1024)} kB`,
  );
}
