import { byId } from './dom.js'

/**
 * A list under the drop area: what there is to say of an upload, for as long as it is so.
 *
 * @param {string} listId
 * @param {string} className of its items
 */
export function messagesView(listId, className) {
  const list = byId(listId)
  /** @type {Map<string, HTMLLIElement>} */
  const items = new Map()

  /** @param {string} id */
  function remove(id) {
    items.get(id)?.remove()
    items.delete(id)
  }

  return {
    remove,
    clear: () => [...items.keys()].forEach(remove),
    /** @param {{id: string, name: string}} file @param {string} words */
    show({ id, name }, words) {
      remove(id)
      const item = document.createElement('li')
      item.className = className
      item.append(Object.assign(document.createElement('strong'), { textContent: `${name}:` }), ` ${words}`)
      items.set(id, item)
      list.append(item)
    },
  }
}
