// Reads Stryker's reports: prints the changes that no test noticed, and fails below the least score in per cent.
//
//     node score.js EQUIVALENTS FLOOR REPORT...
//
// EQUIVALENTS has those that change nothing visible, each with its reason; they do not count.
import { readFileSync } from 'node:fs'

const [equivalents, floor, ...reports] = process.argv.slice(2)
const reasons = new Set(readFileSync(equivalents, 'utf8').split('\n').map((line) => line.split('\t')[0]))
const short = (words) => words.replaceAll(/\s+/g, ' ').trim().slice(0, 60)

const count = { noticed: 0, endless: 0, survived: 0, equivalent: 0 }
for (const [file, { source, mutants }] of reports.flatMap((report) => Object.entries(JSON.parse(readFileSync(report, 'utf8')).files))) {
  const lines = source.split('\n')
  for (const { mutatorName, location: { start }, replacement, status } of mutants) {
    const key = `web/${file} ${mutatorName}: ${short(lines[start.line - 1])}: ${start.column} => ${short(replacement)}`
    if (['Killed', 'Timeout'].includes(status)) {
      count.noticed++
      if (status === 'Timeout') count.endless++
    } else if (!['Survived', 'NoCoverage'].includes(status)) continue // not in the sample
    else if (reasons.has(key)) count.equivalent++
    else {
      count.survived++
      console.log(`survived: ${key}`)
    }
  }
}
const score = (100 * count.noticed) / (count.noticed + count.survived)
console.log(`web: ${count.noticed} noticed (${count.endless} because the tests did not end), ${count.survived} not noticed, ${count.equivalent} equivalent: ${score.toFixed(1)} %, want ${floor} %`)
process.exitCode = score >= Number(floor) ? 0 : 1
