package policies

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
)

// Lesson is the purpose of lessons learned and of what other members say about them:
// written to be read by every member, read by other people than their writer, and
// passed on by the hub as they were said.
const Lesson = "lesson"

// lessonFields are what a lesson, a remark about one and the end of one are made of.
// All of it is class E: nothing in it is taken from a case but codes that a person
// has left there.
func lessonFields() []Field {
	shared := func(path, transform string, lists ...string) Field {
		return Field{Path: "lesson/" + path, Class: ClassE, Retention: "network", Release: "network", Ladder: []string{transform}, Lists: lists}
	}
	out := []Field{shared("message", "permission/1")}
	for _, w := range []struct{ name, transform string }{{"title", "line/1"}, {"summary", "line/1"}, {"content", "paragraphs/1"}, {"tried", "paragraphs/1"},
		{"worked", "paragraphs/1"}, {"failed", "paragraphs/1"}, {"limits", "paragraphs/1"}, {"law", "lines/1"}} {
		out = append(out, shared(w.name+"_th", w.transform), shared(w.name+"_en", w.transform))
	}
	return append(out,
		shared("law_date", "dates/1"),
		shared("issue", "code/1", "issue"), shared("status", "code/1", "status_family"), shared("office", "code/1", "officeType"),
		shared("region", "code/1", "region"), shared("evidence", "code/1", "evidence_level"), shared("revision", "version/1"),
		shared("result", "code/1", "trial_result"), shared("about", "iri/1"), shared("reason", "code/1", "retraction_reason"),
		shared("id", "iri/1"), shared("author", "iri/1"), shared("hour", "instants/1"), shared("proof_key", "iri/1"))
}

// lessonPlaces are the places of a word about a lesson: of this server's own, or,
// below prefix, of one that a hub passes on.
func lessonPlaces(prefix string) map[string]place {
	own := prefix == ""
	either := func(test, field string) place {
		if own {
			return place{is: test}
		}
		return released("lesson/" + field)
	}
	m := map[string]place{
		"id": either("activity id", "id"), "type": {is: "word act"}, "actor": either("self", "author"), "to": {is: "peer"}, "published": either("hour", "hour"),
		"sequence": {is: "serial"}, "reasonCode": released("lesson/reason"),
		"proof/type": {is: "proof word"}, "proof/cryptosuite": {is: "proof word"}, "proof/proofPurpose": {is: "proof word"}, "proof/proofValue": {is: "proof value"},
		"proof/verificationMethod": either("own key", "proof_key"), "proof/created": either("hour", "hour"),
		"object/type": {is: "lesson type"}, "object/id": either("lesson id", "id"), "object/attributedTo": either("self", "author"),
		"object/inReplyTo": released("lesson/about"), "object/state": released("lesson/result"),
		"object/laws/date": released("lesson/law_date"), "object/issue": released("lesson/issue"), "object/statusFamily": released("lesson/status"),
		"object/officeType": released("lesson/office"), "object/region": released("lesson/region"), "object/evidence": released("lesson/evidence"),
		"object/revision": released("lesson/revision"),
	}
	for _, w := range []struct{ place, field string }{{"name", "title"}, {"summary", "summary"}, {"content", "content"}, {"laws/name", "law"}} {
		m["object/"+w.place] = released("lesson/" + w.field + "_th")
		m["object/"+w.place+"Map/th"] = released("lesson/" + w.field + "_th")
		m["object/"+w.place+"Map/en"] = released("lesson/" + w.field + "_en")
	}
	for _, name := range []string{"tried", "worked", "failed", "limits"} {
		m["object/"+name+"/th"], m["object/"+name+"/en"] = released("lesson/"+name+"_th"), released("lesson/"+name+"_en")
	}
	if own {
		return m
	}
	out := map[string]place{"id": {is: "activity id"}, "type": {is: "announce act"}, "actor": {is: "self"}, "to": {is: "peer"}, "published": {is: "hour"}, "sequence": {is: "serial"}}
	m["to"] = place{is: "self"}
	for at, p := range m {
		out[prefix+at] = p
	}
	return out
}

var (
	proofValue = regexp.MustCompile(`^z[1-9A-HJ-NP-Za-km-z]{80,96}$`)
	keyOfOurs  = regexp.MustCompile(`^#[a-z]{2,4}-[a-z]{1,16}$`)
)

// structuralLesson is structural for what is about lessons; known is false for a
// test that is none of these.
func (g *Gate) structuralLesson(test string, l leaf) (ok, known bool) {
	switch test {
	case "word act":
		return contains(strings.Fields("Create Update Delete"), l.text), true
	case "announce act":
		return l.text == "Announce", true
	case "lesson type":
		return contains(strings.Fields("Article Note Lesson Reply Trial Tombstone"), l.text), true
	case "lesson id":
		return g.own(l.text, "/ap/lesson/") || g.own(l.text, "/ap/remark/"), true
	case "own key":
		fragment, ours := strings.CutPrefix(l.text, g.self)
		return ours && keyOfOurs.MatchString(fragment), true
	case "proof value":
		return proofValue.MatchString(l.text), true
	}
	return false, false
}

// lessonContext reports where in a context a leaf of a word about lessons stands:
// what is proved has its context within it, and the proof has it again.
func lessonContext(kind, at string) string {
	switch kind {
	case "lesson":
		return strings.TrimPrefix(at, "proof/")
	case "passed on":
		return strings.TrimPrefix(strings.TrimPrefix(at, "object/"), "proof/")
	}
	return at
}

// LessonFacts lists what a word about a lesson tells: to be asked about before it is
// said, and before a hub passes it on.
func LessonFacts(w federation.Word) Facts {
	f := Facts{}
	put := func(path string, values ...string) {
		for _, v := range values {
			if v != "" {
				f["lesson/"+path] = append(f["lesson/"+path], v)
			}
		}
	}
	plain := func(html string) string {
		text, ok := federation.PlainText(html)
		if !ok {
			return html // which no transform takes
		}
		return text
	}
	both := func(path string, w federation.Words, read func(string) string) {
		put(path+"_th", read(w.TH))
		put(path+"_en", read(w.EN))
	}
	as := func(s string) string { return s }
	put("reason", w.Reason)
	put("id", w.ID, w.Object)
	put("author", w.Actor)
	put("hour", w.Published.UTC().Format(time.RFC3339), w.Proof.Created)
	put("proof_key", w.Proof.Method)
	t := w.Thing
	if t == nil {
		return f
	}
	put("id", t.ID)
	put("author", t.Author)
	put("about", t.InReplyTo)
	put("result", t.Status)
	both("title", t.Name, as)
	both("summary", t.Summary, as)
	both("content", t.Content, plain)
	if l := t.Lesson; l != nil {
		for path, w := range map[string]federation.Words{"tried": l.Tried, "worked": l.Worked, "failed": l.Failed, "limits": l.Limits} {
			both(path, w, plain)
		}
		for _, law := range l.Laws {
			both("law", law.Name, as)
			put("law_date", law.Date)
		}
		put("issue", l.Issue)
		put("status", l.StatusFamily)
		put("office", l.OfficeType)
		put("region", l.Region)
		put("evidence", l.Evidence)
		put("revision", strconv.Itoa(l.Revision))
	}
	return f
}
