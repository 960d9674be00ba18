package redact

// sure is the score from which a name is no chance likeness.
const sure = 0.8

// Certain reports whether a span is of a kind that a text about common work, such
// as a proposal for a meeting, has no use for: numbers of papers and telephones,
// accounts, plates, names with their title, villages. Dates, places by their shape
// and words of other languages may stand there, when a person has looked at them.
func (s Span) Certain() bool {
	switch s.Kind {
	case ID, Phone, Account, Number, Case, Plate:
		return true
	case Name:
		return s.Score >= sure
	case Address:
		return s.By == "village"
	case Date, Foreign:
	}
	return false
}
