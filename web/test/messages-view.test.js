import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { byId } from '../src/dom.js'
import { messagesView } from '../src/messages-view.js'
import { oneTabStop } from '../src/one-tab-stop.js'
import { showPreview } from '../src/preview.js'
import { element, openPage, runPending } from './dom.js'

test('an element that index.html lacks is named', () => {
  openPage()
  assert.throws(() => byId('nothing'), { message: 'index.html has no element #nothing' })
})

test('a file that cannot run as what it seems is not shown', () => {
  openPage()
  assert.throws(() => showPreview('page.html', new Blob([])), { name: 'TypeError', message: 'no preview of page.html' })
})

describe('the messages of uploads', () => {
  const words = () => [...element('errors').children].map((one) => one.textContent)

  test('are one for each file, the last one, in a list', () => {
    openPage()
    const view = messagesView('errors', 'notice bad')
    view.show({ id: '1', name: 'a.txt' }, 'no')
    view.show({ id: '2', name: 'b.txt' }, 'neither')
    view.show({ id: '1', name: 'a.txt' }, 'still not')
    assert.deepEqual(words(), ['b.txt: neither', 'a.txt: still not'])
    const [item] = element('errors').children
    assert.deepEqual([item.tagName, item.className, item.querySelector('strong').textContent], ['LI', 'notice bad', 'b.txt:'])
    view.remove('2')
    view.remove('unknown')
    assert.deepEqual(words(), ['a.txt: still not'])
    view.show({ id: '3', name: 'c.txt' }, 'no')
    view.clear()
    assert.deepEqual(words(), [])
    view.show({ id: '3', name: 'c.txt' }, 'again')
    assert.deepEqual(words(), ['c.txt: again'])
  })
})

describe("the buttons of Uppy's files", () => {
  async function start() {
    const window = openPage()
    const container = element('uploader')
    oneTabStop(container)
    container.innerHTML = '<button id="before"></button><div class="uppy-Dashboard-files"><button id="b0"></button><button id="b1"></button><button id="b2"></button></div>'
    await runPending()
    const press = (id, key) => {
      const event = new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
      element(id).dispatchEvent(event)
      return event.defaultPrevented
    }
    return { press, stops: () => ['b0', 'b1', 'b2'].map((id) => element(id).tabIndex), container }
  }

  test('are one stop of the Tab key', async () => {
    const { stops } = await start()
    assert.deepEqual(stops(), [0, -1, -1])
    assert.notEqual(element('before').tabIndex, -1)
  })

  for (const [key, from, to] of [['ArrowDown', 0, 1], ['ArrowRight', 1, 2], ['ArrowUp', 1, 0], ['ArrowLeft', 2, 1], ['ArrowDown', 2, 0], ['ArrowUp', 0, 2]]) {
    test(`are walked by ${key} from ${from} to ${to}`, async () => {
      const { press, stops } = await start()
      element(`b${from}`).focus()
      assert.equal(press(`b${from}`, key), true)
      assert.equal(document.activeElement.id, `b${to}`)
      assert.equal(stops()[to], 0)
      assert.equal(stops().filter((one) => one === 0).length, 1)
    })
  }

  test('leave other keys and other buttons alone', async () => {
    const { press } = await start()
    element('b0').focus()
    assert.equal(press('b0', 'Enter'), false)
    assert.equal(press('before', 'ArrowDown'), false)
    assert.equal(document.activeElement.id, 'b0')
  })

  test('keep their stop when a file comes', async () => {
    const { stops, container } = await start()
    element('b1').focus()
    element('before').focus()
    container.querySelector('.uppy-Dashboard-files').append(document.createElement('button'))
    await runPending()
    assert.deepEqual([...stops(), container.querySelector('.uppy-Dashboard-files').lastChild.tabIndex], [-1, 0, -1, -1])
  })
})
