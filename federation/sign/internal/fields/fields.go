// Package fields reads and writes the part of structured field values (RFC 8941)
// that HTTP message signatures need: dictionaries of items and inner lists, with
// integers, strings, tokens, byte sequences and booleans.
//
// It is stricter than the RFC where two readers could see two things in one
// header: a name that comes twice is refused, and so is base64 in any but its one
// spelling. Decimals, which nothing here uses, are refused.
package fields

// Token is a word without quotes.
type Token string

// Param is one parameter. Its value is an int64, string, Token, []byte or bool.
type Param struct {
	Name  string
	Value any
}

// Params are parameters in their order.
type Params []Param

// Get returns the value of a parameter, nil if it is not there.
func (p Params) Get(name string) any {
	for _, one := range p {
		if one.Name == name {
			return one.Value
		}
	}
	return nil
}

// Item is a value with its parameters.
type Item struct {
	Value  any
	Params Params
}

// Member is one entry of a dictionary: an item, or an inner list of items.
type Member struct {
	Name   string
	Inner  bool   // it is an inner list
	Value  any    // of an item
	Items  []Item // of an inner list
	Params Params // of either
}
