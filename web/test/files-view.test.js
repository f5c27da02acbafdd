import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { element, names, rows, runPending, said, text } from './dom.js'
import { button, buttons, click, open, stored } from './files-table.js'

describe('a file of the table', () => {
  test('is downloaded by a link that opens in this tab', async (t) => {
    const { view, links, keys, results } = open(t, [stored('a.txt')])
    await view.refresh()
    await click(button('Download: a.txt'))
    assert.deepEqual(links, [['https://bucket/link', '', 'noopener noreferrer']])
    assert.deepEqual(keys, [['download', stored('a.txt').key]])
    assert.equal(text('live'), 'Downloading a.txt')
    assert.deepEqual(results, [undefined, undefined])
  })

  test('is downloaded in a tab of its own during an upload, which leaving the page would stop', async (t) => {
    const { view, links } = open(t, [stored('a.txt')], { uploading: true })
    await view.refresh()
    await click(button('Download: a.txt'))
    assert.deepEqual(links, [['https://bucket/link', '_blank', 'noopener noreferrer']])
  })

  test('has a link to copy', async (t) => {
    const { view } = open(t, [stored('a.txt')])
    const written = []
    globalThis.ClipboardItem = class {
      constructor(items) { Object.assign(this, { items }) }
    }
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { write: async ([item]) => written.push(await item.items['text/plain']) } })
    await view.refresh()
    await click(button('Copy link: a.txt'))
    assert.equal(await written[0].text(), 'https://bucket/link')
    assert.equal(written[0].type, 'text/plain')
    assert.equal(said('files-note'), 'The link to a.txt is copied. Whoever has it can download the file for five minutes.')
    await click(button('Download: a.txt'))
    assert.equal(said('files-note'), undefined, 'the next action begins without it')
  })

  test('does one thing at a time, and says why it failed', async (t) => {
    const { view, files, results } = open(t, [stored('a.txt')])
    let fail
    let calls = 0
    files.downloadUrl = () => new Promise((_, reject) => { calls++; fail = reject })
    await view.refresh()
    const one = button('Download: a.txt')
    one.click()
    one.click()
    assert.deepEqual([calls, one.ariaDisabled], [1, 'true'])
    fail(new Error('no'))
    await runPending()
    assert.deepEqual([results.at(-1), one.ariaDisabled], ['no', null])
    one.click()
    assert.equal(calls, 2)
    fail(new Error('no'))
    await runPending()
  })

  test('is shown in the page, in the way its name says', async (t) => {
    const { view, keys } = open(t, [stored('Photo.PNG'), stored('clip.mp4', 1), stored('paper.pdf', 2), stored('page.html', 3), stored('png', 4, 1), stored('huge.png', 5, 64 * 1024 * 1024 + 1), stored('large.png', 6, 64 * 1024 * 1024)])
    const types = []
    t.mock.method(URL, 'createObjectURL', (blob) => `blob:${types.push(blob.type)}`)
    const revoked = t.mock.method(URL, 'revokeObjectURL', () => {}).mock
    await view.refresh()
    assert.deepEqual(rows().filter((row) => buttons(row).includes('Preview')).map((row) => row.querySelector('th').textContent), ['Photo.PNG', 'clip.mp4', 'paper.pdf', 'png', 'large.png'])
    const shown = () => element('preview-content').firstElementChild
    await click(button('Preview: Photo.PNG'))
    assert.deepEqual(keys, [['content', stored('Photo.PNG').key]])
    assert.deepEqual([element('preview').open, text('preview-title'), shown().tagName, shown().alt, shown().src], [true, 'Photo.PNG', 'IMG', 'Photo.PNG', 'blob:1'])
    element('preview').close()
    await runPending()
    assert.equal(shown(), null)
    assert.deepEqual(revoked.calls.map((call) => call.arguments), [['blob:1']])
    await click(button('Preview: clip.mp4'))
    assert.deepEqual([shown().tagName, shown().controls, shown().title], ['VIDEO', true, 'clip.mp4'])
    element('preview').close()
    await click(button('Preview: paper.pdf'))
    assert.deepEqual([shown().tagName, shown().title], ['IFRAME', 'paper.pdf'])
    assert.deepEqual(types, ['image/png', 'video/mp4', 'application/pdf'])
  })
})

describe('the deletion of a file', () => {
  async function deletion(t, answer, name = 'b.txt') {
    const all = open(t, [stored('a.txt', 1), stored('b.txt', 2), stored('c.txt', 3)])
    await all.view.refresh()
    button(`Delete: ${name}`).click()
    assert.deepEqual([element('confirm').open, text('confirm-question'), text('confirm-consequence'), text('confirm-yes')], [true, `Delete ${name}?`, 'You cannot bring it back from this page.', 'Delete'])
    element('confirm').close(answer)
    await runPending()
    return all
  }

  test('is asked for, and removes its row; the focus goes to the next', async (t) => {
    const { keys } = await deletion(t, 'yes')
    assert.deepEqual(keys, [['remove', stored('b.txt', 2).key]])
    assert.deepEqual(names(), ['a.txt', 'c.txt'])
    assert.equal(text('live'), 'b.txt is deleted')
    assert.equal(document.activeElement.getAttribute('aria-label'), 'Delete: c.txt')
  })

  test('of the last row puts the focus on the one before', async (t) => {
    await deletion(t, 'yes', 'c.txt')
    assert.equal(document.activeElement.getAttribute('aria-label'), 'Delete: b.txt')
  })

  test('that is not confirmed does nothing', async (t) => {
    const { keys } = await deletion(t, '')
    assert.deepEqual(keys, [])
    assert.deepEqual(names(), ['a.txt', 'b.txt', 'c.txt'])
  })

  test('of the only file puts the focus on the heading', async (t) => {
    const { view } = open(t, [stored('a.txt')])
    await view.refresh()
    button('Delete: a.txt').click()
    element('confirm').close('yes')
    await runPending()
    assert.equal(document.activeElement.id, 'files-title')
    assert.equal(said('files-status'), 'No files yet. What you upload appears here.')
  })

  test('that was confirmed once asks again the next time', async (t) => {
    const { keys } = await deletion(t, 'yes')
    button('Delete: a.txt').click()
    assert.equal(element('confirm').returnValue, '')
    element('confirm').close()
    await runPending()
    assert.equal(keys.length, 1)
  })
})
