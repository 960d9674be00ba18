// Package sheet decodes the files in which registers are kept (XLSX; CSV in
// UTF-8, UTF-16 or Windows-874) into the grid that node/clinic/register reads.
// Files come from strangers' computers: every size is bounded before anything
// is unpacked, formulas are kept as text, and no error carries a cell.
package sheet

import (
	"bytes"
	"errors"
	"io"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/register"
)

// The limits of a file.
const (
	MaxFile     = 16 << 20 // bytes as uploaded
	MaxUnpacked = 48 << 20 // bytes of all parts of a workbook together
	MaxPart     = 24 << 20 // bytes of one part
	MaxParts    = 500      // parts of a workbook
	MaxSheets   = 40
	MaxRows     = 20000 // of one sheet
	MaxColumns  = 200   // of one sheet
	MaxCells    = 600000
	MaxText     = 32 << 10 // bytes of one cell
)

// Decode reads a file whole. The kind is told by its first bytes, never by its
// name. Failures are fault.Invalid or fault.TooLarge with a key that says what
// the person can do.
func Decode(r io.Reader) (book register.Book, raw []byte, err error) {
	raw, err = io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		var f *fault.Error
		if errors.As(err, &f) {
			return register.Book{}, nil, err
		}
		return register.Book{}, nil, fault.Wrap(fault.Invalid, "imports.fault.unreadable", err)
	}
	book, err = DecodeBytes(raw)
	return book, raw, err
}

// DecodeBytes is Decode for a file that is in memory already.
func DecodeBytes(raw []byte) (register.Book, error) {
	switch {
	case len(raw) > MaxFile:
		return register.Book{}, fault.New(fault.TooLarge, "imports.fault.too_large")
	case len(bytes.TrimSpace(raw)) == 0:
		return register.Book{}, fault.New(fault.Invalid, "imports.fault.empty")
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return workbook(raw)
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")): // OLE: old .xls, or a workbook with a password
		return register.Book{}, fault.New(fault.Invalid, "imports.fault.old_excel")
	case bytes.HasPrefix(raw, []byte("%PDF")):
		return register.Book{}, fault.New(fault.Invalid, "imports.fault.kind")
	}
	return table(raw)
}

// budget counts cells over all sheets.
type budget struct{ cells int }

func (b *budget) take(n int) error {
	b.cells += n
	if b.cells > MaxCells {
		return fault.New(fault.TooLarge, "imports.fault.too_many_cells")
	}
	return nil
}
