package ui

// Field is one labelled control. Type is "text", "password", "search", "number",
// "tel", "email", "url", "file", "textarea", "select", "radio", "checkbox" (one
// yes/no), "checks" (several of many) or "date" (day, month and year of the
// Buddhist era in three controls NAME.day, NAME.month, NAME.year; see ReadDate).
type Field struct {
	Name, Type   string
	ID           string // of the control; Name when empty
	Value        string
	Label        Text
	Hint         Text
	Error        Text
	Options      []Option // of select, radio, checks
	Blank        Text     // of select: the first, empty choice
	Required     bool
	Checked      bool // of checkbox
	Disabled     bool
	HideLabel    bool   // for readers of the screen only
	Autocomplete string // e.g. "username"
	Inputmode    string // e.g. "numeric"
	Accept       string // of file
	Rows         int    // of textarea
	Max          int    // longest value, in characters; 0 for no limit
	Parts        []Part // of date; filled by Dated
}

// Option is one choice.
type Option struct {
	Value    string
	Label    Text
	Hint     Text
	Selected bool
}

// Part is one of the three controls of a date.
type Part struct {
	Name, ID, Value string
	Label           Text
	Options         []Option // months; empty for day and year
	Max             int
}

// DOM is the control's id attribute.
func (f Field) DOM() string {
	if f.ID != "" {
		return f.ID
	}
	return "f-" + f.Name
}

// Describe is the control's aria-describedby: the ids of its hint and its error.
func (f Field) Describe() string {
	out := ""
	if f.Hint.Some() {
		out = f.DOM() + "-hint"
	}
	if f.Error.Some() {
		if out != "" {
			out += " "
		}
		out += f.DOM() + "-error"
	}
	return out
}

// Native reports whether the control is an input element of the same type.
func (f Field) Native() bool {
	switch f.Type {
	case "textarea", "select", "radio", "checkbox", "checks", "date":
		return false
	}
	return true
}

// Group reports whether the control is several, in a fieldset with a legend.
func (f Field) Group() bool { return f.Type == "radio" || f.Type == "checks" || f.Type == "date" }

// Many reports whether there are so many choices that they need a box of their own.
func (f Field) Many() bool { return len(f.Options) > 12 }

// Button is a button, or a link that looks like one when Href is set.
type Button struct {
	Label Text
	Tone  string // "primary" (one a page), "secondary" (zero value too), "danger", "quiet"
	Href  string
	Name  string // with Value: what a submit button sends
	Value string
	Icon  string
	Wide  bool   // the whole width on phones
	Form  string // id of the form to submit, when the button stands outside of it
	Plain bool   // type="button": for a script only, hidden without one
}

// Class is the tone as a style class.
func (b Button) Class() string {
	c := "btn"
	if b.Tone != "" {
		c += " btn-" + b.Tone
	} else {
		c += " btn-secondary"
	}
	if b.Wide {
		c += " btn-wide"
	}
	return c
}
