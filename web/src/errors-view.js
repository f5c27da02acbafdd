import { byId } from './dom.js'

/** Under the drop area: each upload that failed, and why, for as long as it is so. */
export function errorsView() {
  const list = byId('errors')
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
      item.className = 'notice bad'
      item.append(Object.assign(document.createElement('strong'), { textContent: `${name}:` }), ` ${words}`)
      items.set(id, item)
      list.append(item)
    },
  }
}
