package policies

import "fmt"

// RowError says which row is not a rule, in which column, and why.
type RowError struct {
	Layer  string // floor, network or own
	Row    int    // from 1
	Column string // name, who, purpose, field, form, condition, effect; "" for the row as a whole
	Err    error
}

// Error names the place first.
func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("policies: %s row %d: %v", e.Layer, e.Row, e.Err)
	}
	return fmt.Sprintf("policies: %s row %d, %s: %v", e.Layer, e.Row, e.Column, e.Err)
}

// Unwrap returns the reason.
func (e *RowError) Unwrap() error { return e.Err }

// columnError is what is wrong with one cell.
type columnError struct {
	column string
	err    error
}

func (e columnError) Error() string { return e.err.Error() }

func (e columnError) Unwrap() error { return e.err }

// Columns names the cells of a row, in their order.
func Columns() []string {
	return []string{"name", "who", "purpose", "field", "form", "condition", "effect"}
}
