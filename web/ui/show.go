package ui

// Head is the top of a page: the one h1, a sentence below it, a link back.
type Head struct {
	Title    Text
	Lead     Text
	BackHref string
	BackText Text
	Kicker   Text // small words above the title: whose, which
}

// Badge is a state in a word, with an icon and a colour. Tone is "neutral"
// (zero value too), "wait", "act", "done", "danger" or "info".
type Badge struct {
	Text Text
	Tone string
	Icon string
}

// ToneOr is the tone, "neutral" when none is set.
func (b Badge) ToneOr() string { return tone(b.Tone) }

// IconOr is the icon, the tone's own when none is set.
func (b Badge) IconOr() string { return toneIcon(b.Icon, b.Tone) }

// Notice is a box that says something beside the page's own matter.
type Notice struct {
	Tone   string // as of Badge
	Title  Text
	Text   Text
	Action Button // none when its Label is empty
}

// ToneOr is the tone, "neutral" when none is set.
func (n Notice) ToneOr() string { return tone(n.Tone) }

// IconOr is the tone's icon.
func (n Notice) IconOr() string { return toneIcon("", n.Tone) }

func tone(t string) string {
	if t == "" {
		return "neutral"
	}
	return t
}

func toneIcon(icon, tone string) string {
	if icon != "" {
		return icon
	}
	switch tone {
	case "wait":
		return "clock"
	case "act":
		return "hand"
	case "done":
		return "check"
	case "danger":
		return "alert"
	case "info":
		return "info"
	}
	return "dot"
}

// Table is a table on a desk and a stack of cards on a phone. The first cell of a
// row is the card's heading.
type Table struct {
	Caption Text
	Head    []Text
	Rows    []Row
}

// Row is one row of a table; Href, when set, is where its first cell leads.
type Row struct {
	Href  string
	Cells []Cell
}

// Cell is one cell: texts, a badge, or both.
type Cell struct {
	Texts []Text
	Badge Badge // none when its Text is empty
	Label Text  // the column's heading, filled by the template's head; leave empty
}

// Cells makes a row's cells of one text each.
func Cells(texts ...Text) []Cell {
	out := make([]Cell, 0, len(texts))
	for _, t := range texts {
		out = append(out, Cell{Texts: []Text{t}})
	}
	return out
}

// Labelled returns the rows with every cell told its column's heading.
func (t Table) Labelled() []Row {
	out := make([]Row, len(t.Rows))
	for i, r := range t.Rows {
		cells := make([]Cell, len(r.Cells))
		copy(cells, r.Cells)
		for j := range cells {
			if j < len(t.Head) {
				cells[j].Label = t.Head[j]
			}
		}
		out[i] = Row{Href: r.Href, Cells: cells}
	}
	return out
}

// Empty is what stands where a list has nothing: a sentence, and the first step.
type Empty struct {
	Title  Text
	Text   Text
	Action Button // none when its Label is empty
	Icon   string
}

// Event is one entry of a timeline.
type Event struct {
	At     Text
	Title  Text
	Detail []Text
	Who    Text
	Tone   string // as of Badge
	Icon   string
}

// ToneOr is the tone, "neutral" when none is set.
func (e Event) ToneOr() string { return tone(e.Tone) }

// IconOr is the icon, the tone's own when none is set.
func (e Event) IconOr() string { return toneIcon(e.Icon, e.Tone) }

// Timeline is what happened, newest first.
type Timeline []Event

// Pager moves through a list. Prev and Next are addresses, empty at the ends.
type Pager struct {
	Page, Pages, Total int
	Prev, Next         string
}

// Steps tells where one is on a way of several steps.
type Steps []Step

// Step is one of them. State is "done", "now" or "next".
type Step struct {
	Label Text
	State string
}

// Now is the number of the step one stands on, counted from 1; 0 for none.
func (s Steps) Now() int {
	for i, step := range s {
		if step.State == "now" {
			return i + 1
		}
	}
	return 0
}

// Current is the label of the step one stands on.
func (s Steps) Current() Text {
	if n := s.Now(); n > 0 {
		return s[n-1].Label
	}
	return Text{}
}

// Facts is a list of names and values.
type Facts []Fact

// Fact is one name with its values; Class, when set, is the data class mark.
type Fact struct {
	Label  Text
	Values []Text
	Class  string
}

// State tells who has a thing, since when, who acts next, by when, and what
// happens if nobody does.
type State struct {
	Badge     Badge
	Holder    Text
	Since     Text
	Next      Text
	Due       Text
	Otherwise Text
}

// Progress is how far a piece of work is. Max 0 means that nobody knows.
type Progress struct {
	Label      Text
	Value, Max int
	Text       Text // e.g. "120 of 260 rows"
}

// Percent is the part done, 0 to 100.
func (p Progress) Percent() int {
	if p.Max <= 0 {
		return 0
	}
	return min(100, p.Value*100/p.Max)
}

// Flash is a short message after an action. Tone is "done" (zero value too) or "danger".
type Flash struct {
	Text Text
	Tone string
}

// ToneOr is the tone, "done" when none is set.
func (f Flash) ToneOr() string {
	if f.Tone == "" {
		return "done"
	}
	return f.Tone
}

// IconOr is the tone's icon.
func (f Flash) IconOr() string { return toneIcon("", f.ToneOr()) }

// Secret is something shown once, to be copied and handed over: a one-time link.
type Secret struct {
	Label Text
	Value string
	Hint  Text
}

// Card is one thing that needs somebody, with the step that comes next.
type Card struct {
	Title Text
	Text  Text
	Badge Badge
	Due   Text
	Href  string
}

// DueBy reports whether Due is a bare date or moment, which needs a word before it.
func (c Card) DueBy() bool { return c.Due.Key == "" && c.Due.Plain == "" }

// Passage is a text under its heading in Thai and, perhaps, in English beside it: the
// lines of each paragraph.
type Passage struct {
	Title  Text
	TH, EN [][]string
}
