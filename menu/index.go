package menu

import "comptoir/order"

// Index finds a menu's items by PLU. It never changes; make a new one for a new menu.
type Index struct {
	items map[string]Item
}

// NewIndex makes the index of a menu. The first of two items with the same PLU, which Validate
// refuses, wins; an item without a PLU cannot be found.
func NewIndex(m Menu) *Index {
	items := make(map[string]Item, len(m.Items))
	for _, item := range m.Items {
		if _, taken := items[item.PLU]; taken || item.PLU == "" {
			continue
		}
		if item.Kind == "" {
			item.Kind = order.Physical
		}
		items[item.PLU] = item
	}
	return &Index{items: items}
}

// Item returns the item with this PLU.
func (x *Index) Item(plu string) (Item, bool) {
	item, ok := x.items[plu]
	return item, ok
}
