package app

import (
	"io"

	"github.com/saphan-network/saphan/node/internal/site"
	"github.com/saphan-network/saphan/policies/inventory"
)

// recordBook implements site.RecordBook over the inventory.
type recordBook struct{}

// Record implements site.RecordBook.
func (recordBook) Record() ([]site.Processing, []site.Keeping, error) {
	record, err := inventory.Record()
	if err != nil {
		return nil, nil, err
	}
	keepings, err := inventory.Keepings()
	if err != nil {
		return nil, nil, err
	}
	var out []site.Processing
	for _, p := range record {
		one := site.Processing{Activity: p.Activity, Subjects: p.Subjects, Kinds: p.Kinds, Sensitive: p.Sensitive, Bases: p.Bases, Inside: p.Inside,
			Outside: p.Outside, Places: p.Places, Sealed: p.Sealed}
		for _, l := range p.Leaves {
			one.Leaves = append(one.Leaves, l.Path)
		}
		for _, k := range p.Keep {
			one.Keep = append(one.Keep, site.Keeping(k))
		}
		out = append(out, one)
	}
	var keep []site.Keeping
	for _, k := range keepings {
		keep = append(keep, site.Keeping(k))
	}
	return out, keep, nil
}

// Write implements site.RecordBook.
func (recordBook) Write(w io.Writer, format string) error {
	if format == "csv" {
		return inventory.WriteCSV(w)
	}
	return inventory.WriteJSON(w)
}
