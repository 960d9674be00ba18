package federation

// LessonParts is what a lesson says beside its name, a line about it (summary) and its
// problem (content). All of it was written to be read by every member.
type LessonParts struct {
	Tried, Worked, Failed, Limits Words // HTML as Paragraphs writes it
	Laws                          []Law // that it rests on
	Issue                         string
	StatusFamily, OfficeType      string
	Region, Evidence              string // evidence: vocabulary evidence_level
	Revision                      int    // from 1
}

// Law is a law, regulation or circular in the version of a day.
type Law struct {
	Name Words
	Date string // 2006-01-02, from which that version holds
}

// MaxLaws is how many laws a lesson may rest on.
const MaxLaws = 12

// check reports the first part that does not do. A lesson of an earlier version of
// this software has no parts at all.
func (l *LessonParts) check() error {
	if l == nil {
		return nil
	}
	if l.Revision < 1 || l.Revision > 100_000 {
		return invalid("object.revision", "range")
	}
	for field, w := range map[string]Words{"tried": l.Tried, "worked": l.Worked, "failed": l.Failed, "limits": l.Limits} {
		for _, s := range []string{w.TH, w.EN} {
			if _, ok := PlainText(s); !ok && s != "" || len(s) > MaxString {
				return invalid("object."+field, "html")
			}
		}
		if w.TH == "" && w.EN != "" {
			return invalid("object."+field, "language")
		}
	}
	if len(l.Laws) > MaxLaws {
		return invalid("object.laws", "too_many")
	}
	for _, law := range l.Laws {
		if !IsLine(law.Name.TH) || (law.Name.EN != "" && !IsLine(law.Name.EN)) || !isDate(law.Date) {
			return invalid("object.laws", "law")
		}
	}
	return first(optional("object.issue", l.Issue, "issue"), optional("object.statusFamily", l.StatusFamily, "status_family"),
		optional("object.officeType", l.OfficeType, "officeType"), optional("object.region", l.Region, "region"),
		optional("object.evidence", l.Evidence, "evidence_level"))
}

// Library reports whether a word is about lessons: what the hub passes on to all
// members as it was said.
func (w Word) Library() bool {
	if w.Type == Delete {
		return true // of whatever it is: only what is in a library is taken back
	}
	if w.Thing == nil || (w.Type != Create && w.Type != Update) {
		return false
	}
	return w.Thing.Kind == Lesson || w.Type == Create && (w.Thing.Kind == Reply || w.Thing.Kind == Trial)
}

// passable reports whether a hub may pass a word on.
func (w Word) passable() bool {
	if w.Type == Create {
		return w.Thing != nil
	}
	return w.Library()
}
