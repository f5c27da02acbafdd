// A share of the changes, chosen by a seed. The unit is an expression or statement of one line whose parent has more: what
// spans several lines is never left out, but its parts are.
import { createHash } from 'node:crypto'

import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

const { SEED = '16', SHARE = '1' } = process.env
const lines = ({ loc }) => loc.end.line - loc.start.line
const chance = (words) => createHash('sha256').update(words).digest().readUInt32BE() / 2 ** 32

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'sample', {
    shouldIgnore({ node, parent }) {
      if (!node.loc || !parent?.loc || lines(node) > 0 || lines(parent) === 0) return
      const { line, column } = node.loc.start
      return chance(`${SEED} ${line}:${column} ${node.type}`) < Number(SHARE) ? undefined : 'not in the sample'
    },
  }),
]
