package pages

import (
	"fmt"
	"os"
)

// Check looks at what holds a file together: its beginnings, its free pages, the bucket of buckets
// and all branches, and that nothing is left over. Of the leaves, which are nearly all of the file,
// it reads the headers. What is damaged in them shows where it is read.
func Check(path string) error { return check(path, false) }

// CheckAll looks at every page that the file's newest state has.
func CheckAll(path string) error { return check(path, true) }

func check(path string, all bool) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // read
	info, err := file.Stat()
	if err != nil {
		return err
	}
	f := New(file, info.Size())
	if !f.Certain() {
		return fmt.Errorf("%w: %d of the file's 2 beginnings can be read", ErrPage, len(f.Metas))
	}
	newest := f.Metas[0]
	if newest.Pages > f.Pages() {
		return fmt.Errorf("%w: the file has %d pages of %d", ErrPage, f.Pages(), newest.Pages)
	}
	free, err := f.Free()
	if err != nil {
		return err
	}
	c := checker{f: f, free: free, met: map[uint64]bool{}, all: all}
	var buckets []Element
	if err := c.whole(newest.Root, 0, func(e Element) { buckets = append(buckets, e) }); err != nil {
		return fmt.Errorf("the bucket of buckets: %w", err)
	}
	for _, b := range buckets {
		if err := c.bucket(b); err != nil {
			return fmt.Errorf("bucket %q: %w", b.Key, err)
		}
	}
	if free == nil {
		return nil
	}
	list, err := f.page(newest.Freelist)
	if err != nil {
		return err
	}
	if all := 2 + list.covers + uint64(len(free)) + c.covered; all != newest.Pages {
		return fmt.Errorf("%w: the file has %d pages, and %d are accounted for", ErrPage, newest.Pages, all)
	}
	return nil
}

type checker struct {
	f         *File
	free, met map[uint64]bool
	all       bool
	// covered counts the pages in use that were met, overflows included.
	covered uint64
}

func (c *checker) bucket(e Element) error {
	if !e.Bucket {
		return fmt.Errorf("%w: it is none", ErrPage)
	}
	root, _, _, err := Bucket(e.Value)
	if err != nil || root == 0 {
		return err
	}
	if c.all {
		return c.whole(root, 0, func(Element) {})
	}
	return c.branches(root, 0)
}

// meet reads a page that must be in use, and in one place alone.
func (c *checker) meet(id uint64, depth int) (page, error) {
	if c.met[id] || c.free[id] || id < 2 || id >= c.f.Metas[0].Pages || depth > maxDepth {
		return page{}, fmt.Errorf("%w: %d is free, or stands in two places", ErrPage, id)
	}
	c.met[id] = true
	p, err := c.f.page(id)
	c.covered += p.covers
	if err == nil && p.flags != flagBranch && p.flags != flagLeaf {
		err = fmt.Errorf("%w: %d is of no kind that belongs there", ErrPage, id)
	}
	return p, err
}

func (c *checker) whole(id uint64, depth int, visit func(Element)) error {
	p, err := c.meet(id, depth)
	if err != nil {
		return err
	}
	if p.flags == flagLeaf {
		elements, err := leaf(p.data, p.count)
		for _, e := range elements {
			visit(e)
		}
		return err
	}
	children, err := branch(p.data, p.count)
	if err != nil {
		return err
	}
	for _, child := range children {
		if err := c.whole(child, depth+1, visit); err != nil {
			return err
		}
	}
	return nil
}

// branches looks at the branches below a page. All leaves of a tree are equally deep: where the
// first child is one, the others are.
func (c *checker) branches(id uint64, depth int) error {
	p, err := c.meet(id, depth)
	if err != nil {
		return err
	}
	if p.flags == flagLeaf {
		_, err := leaf(p.data, p.count)
		return err
	}
	children, err := branch(p.data, p.count)
	if err != nil {
		return err
	}
	below, err := c.f.page(children[0])
	if err != nil {
		return err
	}
	for _, child := range children {
		if below.flags == flagBranch {
			if err := c.branches(child, depth+1); err != nil {
				return err
			}
			continue
		}
		if err := c.header(child); err != nil {
			return err
		}
	}
	return nil
}

// header looks at a leaf's header alone.
func (c *checker) header(id uint64) error {
	if c.met[id] || c.free[id] || id < 2 || id >= c.f.Metas[0].Pages {
		return fmt.Errorf("%w: %d is free, or stands in two places", ErrPage, id)
	}
	c.met[id] = true
	b := make([]byte, headerSize+elementSize)
	if _, err := c.f.reader.ReadAt(b, int64(id)*c.f.pageSize); err != nil {
		return fmt.Errorf("%w: %d cannot be read: %w", ErrPage, id, err)
	}
	count, overflow := int(order.Uint16(b[10:])), uint64(order.Uint32(b[12:]))
	if order.Uint64(b) != id || order.Uint16(b[8:]) != flagLeaf || overflow >= c.f.Metas[0].Pages || count == 0 || counted(b, 4) != count {
		return fmt.Errorf("%w: the header of %d", ErrPage, id)
	}
	c.covered += 1 + overflow
	return nil
}
