// Judges CSAF documents with `@secvisogram/csaf-validator-lib`: node csaf_judge.mjs PACKAGE VERSION FILE...
//
// Prints, per file, a line of JSON: whether the schema accepts it, and the tests that it fails.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [folder, version, ...files] = process.argv.slice(2)
const load = (name) => import(pathToFileURL(`${folder}/${name}`).href)
const below = version === '2.1' ? 'csaf_2_1/' : ''
const optional = version === '2.1' ? 'recommendedTests.js' : 'optionalTests.js'
const schema = Object.entries(await load(`${below}schemaTests.js`)).find(([name]) => !name.endsWith('strict'))[1]
const tests = []
for (const module of ['mandatoryTests.js', optional]) {
  const required = module === 'mandatoryTests.js'
  for (const [name, test] of Object.entries(await load(below + module))) tests.push({ name, test, required })
}
for (const file of files) {
  const document = JSON.parse(readFileSync(file, 'utf8'))
  const shape = await schema(document)
  const failed = []
  for (const { name, test, required } of shape.isValid ? tests : []) {
    const result = await test(document)
    if (result.isValid === false) failed.push({ name, required, why: result.errors })
    else if (result.warnings?.length) failed.push({ name, required: false, why: result.warnings })
  }
  console.log(JSON.stringify({ schema: shape.isValid, why: shape.errors?.slice(0, 3), failed }))
}
