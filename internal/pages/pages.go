// Package pages reads a bbolt file without bbolt, page by page, and believes nothing that it
// reads: bbolt panics on a page that makes no sense, and faults where the file is cut short.
//
// The layout is that of bbolt's file format version 2, in the byte order of the machine.
package pages

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// Sizes and marks of the format.
const (
	headerSize  = 16 // page: id 8, flags 2, count 2, overflow 4
	elementSize = 16 // leaf: flags 4, position 4, key 4, value 4; branch: position 4, key 4, page 8
	bucketSize  = 16 // bucket: root page 8, sequence 8; a root of 0 is followed by an inline page
	metaSummed  = 56 // what a meta page's checksum covers

	magic, version = 0xED0CDAED, 2

	flagBranch, flagLeaf, flagMeta, flagFreelist = 0x01, 0x02, 0x04, 0x10
	leafBucket                                   = 0x01

	noFreelist = ^uint64(0)
	// maxDepth is more than a tree of 2^64 pages has.
	maxDepth = 64
	// maxOverflow bounds one page in memory, 256 MiB at 4 KiB: a damaged header may say anything.
	maxOverflow = 1 << 16
)

// ErrPage: a page is not what its place in the file says.
var ErrPage = errors.New("damaged page")

var order = binary.NativeEndian

// Meta is one of the file's two beginnings: each transaction writes the other one.
type Meta struct {
	// Root is the page of the bucket of buckets, Freelist that of the free pages.
	Root, Freelist uint64
	// Pages counts the pages in use or free.
	Pages       uint64
	Transaction uint64
}

// File is a bbolt file.
type File struct {
	reader   io.ReaderAt
	size     int64
	pageSize int64
	// Metas are those whose checksum holds, the newest first.
	Metas []Meta
}

// Element is a key of a leaf, and what stands under it.
type Element struct {
	Key, Value []byte
	// Bucket: Value is a bucket (see Bucket).
	Bucket bool
}

// New reads the beginnings of a file of size bytes. It does not fail: a file whose beginnings are
// damaged has no Metas, and pages all the same.
func New(reader io.ReaderAt, size int64) *File {
	f := &File{reader: reader, size: size}
	for pageSize := int64(512); pageSize <= 64<<10; pageSize *= 2 {
		for id := range int64(2) {
			if m, ok := f.meta(id*pageSize, pageSize); ok {
				if f.pageSize == 0 {
					f.pageSize = pageSize
				}
				if f.pageSize == pageSize && (len(f.Metas) == 0 || f.Metas[0].Transaction != m.Transaction) {
					f.Metas = append(f.Metas, m)
				}
			}
		}
	}
	if len(f.Metas) == 2 && f.Metas[0].Transaction < f.Metas[1].Transaction {
		f.Metas[0], f.Metas[1] = f.Metas[1], f.Metas[0]
	}
	if f.pageSize == 0 {
		f.pageSize = int64(os.Getpagesize()) // as bbolt made it on this machine
	}
	return f
}

// meta reads a meta page for a page size. The first one is found with any page size.
func (f *File) meta(at, pageSize int64) (Meta, bool) {
	b := make([]byte, headerSize+metaSummed+8)
	if _, err := f.reader.ReadAt(b, at); err != nil {
		return Meta{}, false
	}
	flags, b := order.Uint16(b[8:]), b[headerSize:]
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSummed]) // a hash never fails
	if flags != flagMeta || order.Uint32(b) != magic || order.Uint32(b[4:]) != version ||
		int64(order.Uint32(b[8:])) != pageSize || order.Uint64(b[metaSummed:]) != sum.Sum64() {
		return Meta{}, false
	}
	return Meta{
		Root: order.Uint64(b[16:]), Freelist: order.Uint64(b[32:]), Pages: order.Uint64(b[40:]), Transaction: order.Uint64(b[48:]),
	}, true
}

// Certain says whether the newest state is known: where one of the two metas is damaged, it may
// have been the newer one. bbolt writes them in turns, so that two that can be read follow each
// other; but for a copy (Tx.WriteTo), whose first transaction may overwrite the newer one.
func (f *File) Certain() bool {
	if len(f.Metas) != 2 {
		return false
	}
	apart := f.Metas[0].Transaction - f.Metas[1].Transaction
	return apart == 1 || apart == 2
}

// Pages counts the whole pages of the file.
func (f *File) Pages() uint64 { return uint64(f.size / f.pageSize) }

// page is a page with its overflow.
type page struct {
	flags uint16
	count int
	data  []byte
	// covers counts the pages of the file that it takes.
	covers uint64
}

func (f *File) page(id uint64) (page, error) {
	if id >= f.Pages() {
		return page{}, fmt.Errorf("%w: %d lies behind the end of the file", ErrPage, id)
	}
	data := make([]byte, f.pageSize)
	if _, err := f.reader.ReadAt(data, int64(id)*f.pageSize); err != nil {
		return page{}, fmt.Errorf("%w: %d cannot be read: %w", ErrPage, id, err)
	}
	if own := order.Uint64(data); own != id {
		return page{}, fmt.Errorf("%w: %d says that it is %d", ErrPage, id, own)
	}
	p := page{flags: order.Uint16(data[8:]), count: int(order.Uint16(data[10:])), data: data, covers: 1}
	overflow := uint64(order.Uint32(data[12:]))
	if overflow == 0 {
		return p, nil
	}
	if overflow > maxOverflow || id+overflow >= f.Pages() {
		return p, fmt.Errorf("%w: %d is said to be longer than the file", ErrPage, id)
	}
	p.data = make([]byte, f.pageSize*int64(overflow+1))
	p.covers += overflow
	if _, err := f.reader.ReadAt(p.data, int64(id)*f.pageSize); err != nil {
		return p, fmt.Errorf("%w: the overflow of %d cannot be read: %w", ErrPage, id, err)
	}
	return p, nil
}

// part is what an element's place says, nil where that is outside of the page.
func part(data []byte, element int, position, length uint32) []byte {
	from := uint64(element) + uint64(position)
	if to := from + uint64(length); to <= uint64(len(data)) {
		return data[from:to:to]
	}
	return nil
}

// leaf lists the elements of a leaf that lie within it. An error says that some do not, or stand
// in a wrong sequence.
func leaf(data []byte, count int) (elements []Element, err error) {
	if said := counted(data, 4); said != count && count+said > 0 && len(data) > headerSize {
		err = fmt.Errorf("%w: it holds %d elements, or %d", ErrPage, count, said)
		count = max(count, said)
	}
	for i := range count {
		at := headerSize + i*elementSize
		if at+elementSize > len(data) {
			return elements, fmt.Errorf("%w: it holds less than its %d elements", ErrPage, count)
		}
		flags, position := order.Uint32(data[at:]), order.Uint32(data[at+4:])
		keySize, valueSize := order.Uint32(data[at+8:]), order.Uint32(data[at+12:])
		key := part(data, at, position, keySize)
		value := part(data, at, position+keySize, valueSize)
		if key == nil || value == nil || keySize == 0 || flags > leafBucket {
			err = fmt.Errorf("%w: element %d of %d", ErrPage, i, count)
			continue
		}
		if n := len(elements); n > 0 && bytes.Compare(elements[n-1].Key, key) >= 0 {
			err = fmt.Errorf("%w: element %d of %d stands in a wrong place", ErrPage, i, count)
		}
		elements = append(elements, Element{Key: key, Value: value, Bucket: flags == leafBucket})
	}
	return elements, err
}

// counted is how many elements a page has by where the first one's key stands: right behind them.
// position is where the element says that.
func counted(data []byte, position int) int {
	if at := headerSize + position; len(data) >= at+4 {
		return int(order.Uint32(data[at:]) / elementSize)
	}
	return 0
}

// Leaf lists what can be read of the leaf at a page; none where it is no leaf. An error says that
// something cannot. next is the first page behind it.
func (f *File) Leaf(id uint64) (elements []Element, next uint64, err error) {
	p, err := f.page(id)
	next = id + max(1, p.covers)
	if err != nil && p.data == nil || p.flags != flagLeaf {
		return nil, next, err
	}
	elements, broken := leaf(p.data, p.count)
	return elements, next, errors.Join(err, broken)
}

// Bucket is what a bucket's element says: its sequence, and where its keys are. inline are those
// of a small bucket, which has no page of its own (root 0).
func Bucket(value []byte) (root, sequence uint64, inline []Element, err error) {
	if len(value) < bucketSize {
		return 0, 0, nil, fmt.Errorf("%w: a bucket of %d bytes", ErrPage, len(value))
	}
	root, sequence = order.Uint64(value), order.Uint64(value[8:])
	if root != 0 {
		return root, sequence, nil, nil
	}
	data := value[bucketSize:]
	if len(data) < headerSize || order.Uint16(data[8:]) != flagLeaf {
		return 0, sequence, nil, fmt.Errorf("%w: a bucket without its page", ErrPage)
	}
	inline, err = leaf(data, int(order.Uint16(data[10:])))
	return 0, sequence, inline, err
}

// Walk visits the elements below a page, as far as they can be read, and notes the pages that it
// meets, without their overflows. An error says that something is missing: it is the first one.
func (f *File) Walk(root uint64, met map[uint64]bool, visit func(Element)) error {
	return f.walk(root, met, visit, 0)
}

func (f *File) walk(id uint64, met map[uint64]bool, visit func(Element), depth int) error {
	if met[id] || depth > maxDepth {
		return fmt.Errorf("%w: %d stands in two places", ErrPage, id)
	}
	p, err := f.page(id)
	if p.data == nil {
		return err
	}
	met[id] = true // and not what it is said to cover, which a damaged length would hide
	switch p.flags {
	case flagLeaf:
		elements, broken := leaf(p.data, p.count)
		for _, e := range elements {
			visit(e)
		}
		return first(err, broken)
	case flagBranch:
		children, broken := branch(p.data, p.count)
		err = first(err, broken)
		for _, child := range children {
			err = first(err, f.walk(child, met, visit, depth+1))
		}
		return err
	}
	return first(err, fmt.Errorf("%w: %d is of no kind that belongs there", ErrPage, id))
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// branch lists the pages below one.
func branch(data []byte, count int) (children []uint64, err error) {
	var before []byte
	for i := range count {
		at := headerSize + i*elementSize
		if at+elementSize > len(data) {
			return children, fmt.Errorf("%w: it holds less than its %d elements", ErrPage, count)
		}
		key := part(data, at, order.Uint32(data[at:]), order.Uint32(data[at+4:]))
		if key == nil || i > 0 && bytes.Compare(before, key) >= 0 {
			err = fmt.Errorf("%w: the key of element %d of %d", ErrPage, i, count)
		}
		before = key
		children = append(children, order.Uint64(data[at+8:]))
	}
	if said := counted(data, 0); count == 0 || said != count {
		err = fmt.Errorf("%w: %d pages below it, or %d", ErrPage, count, said)
	}
	return children, err
}

// Free lists the pages that are free in the newest state. nil and no error where the file does not
// keep them.
func (f *File) Free() (map[uint64]bool, error) {
	if len(f.Metas) == 0 {
		return nil, fmt.Errorf("%w: neither beginning of the file can be read", ErrPage)
	}
	m := f.Metas[0]
	if m.Freelist == noFreelist {
		return nil, nil
	}
	p, err := f.page(m.Freelist)
	if err != nil {
		return nil, err
	}
	count, at := uint64(p.count), headerSize
	if count == 0xFFFF {
		count, at = order.Uint64(p.data[at:]), at+8
	}
	if p.flags != flagFreelist || count > uint64(len(p.data)-at)/8 {
		return nil, fmt.Errorf("%w: %d is no list of %d free pages", ErrPage, m.Freelist, count)
	}
	free := make(map[uint64]bool, count)
	for i := range int(count) {
		id := order.Uint64(p.data[at+8*i:])
		if id < 2 || id >= m.Pages || free[id] {
			return nil, fmt.Errorf("%w: %d names %d as free", ErrPage, m.Freelist, id)
		}
		free[id] = true
	}
	return free, nil
}
