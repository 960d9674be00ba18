package policies

import (
	"regexp"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
)

// Meeting is the purpose of what the secretariat and the members tell each other
// about their meetings: calls, proposals, agendas, replies, minutes, action items.
const Meeting = "meeting"

// meetingFields are what is told about meetings. All of it is class E, about the
// common work and never about a case. What a member writes passes the anonymiser.
func meetingFields() []Field {
	common := func(path, transform string) Field {
		return Field{Path: path, Class: ClassE, Retention: "network", Release: "network", Ladder: []string{transform}}
	}
	return []Field{
		common("meeting/message", "permission/1"),
		common("meeting/title", "topics/1"),
		common("meeting/text", "notes/1"),
		common("meeting/time", "times/1"),
		common("meeting/place", "topics/1"),
		common("meeting/link", "iri/1"),
		common("meeting/organisation", "iri/1"),
		common("meeting/digest", "digest/1"),
		common("meeting/representative", "topics/1"),
		common("meeting/said", "unnamed/1"),
	}
}

// meetingKinds are the things of meetings, with whose words they are: the hub's, or a
// member's.
var meetingKinds = map[federation.Kind]bool{federation.Meeting: true, federation.Agenda: true, federation.AgendaItem: true, federation.Minutes: true,
	federation.ActionItem: true, federation.Attendance: false, federation.Progress: false, federation.Remark: false}

// meetingShape tells the two apart: an agenda item that is offered is a member's.
func meetingShape(activity, kind string) string {
	hubs, is := meetingKinds[federation.Kind(kind)]
	switch {
	case !is:
		return ""
	case hubs && activity != string(federation.Offer):
		return "meeting"
	case kind == string(federation.Attendance):
		return "meeting attendance" // it may name who comes
	}
	return "meeting reply"
}

// meetingPlaces are the places of a word about a meeting.
func meetingPlaces(kind string) map[string]place {
	m := map[string]place{
		"id": {is: "activity id"}, "type": {is: "word"}, "actor": {is: "self"}, "to": {is: "peer"}, "published": {is: "hour"}, "sequence": {is: "serial"},
		"target": {is: "reference"},
	}
	title, text := released("meeting/title"), released("meeting/text")
	switch kind {
	case "meeting reply":
		title, text = released("meeting/said"), released("meeting/said")
	case "meeting attendance":
		title, text = released("meeting/representative"), released("meeting/said")
	}
	thing := func(prefix string) {
		for name, p := range map[string]place{
			"type": {is: "meeting type"}, "id": {is: "thing id"}, "attributedTo": {is: "self"}, "context": {is: "reference"}, "inReplyTo": {is: "reference"},
			"agenda": {is: "reference"}, "startTime": released("meeting/time"), "endTime": released("meeting/time"), "proposeUntil": released("meeting/time"),
			"timezone": {is: "timezone"}, "eventStatus": {is: "event status"}, "location/type": {is: "location type"}, "location/url": released("meeting/link"),
			"duration": {is: "minutes"}, "section": {is: "meeting code"}, "wanted": {is: "meeting code"}, "state": {is: "meeting code"}, "mode": {is: "meeting code"},
			"number": title, "proposedBy": released("meeting/organisation"), "resolved": text, "digest": released("meeting/digest"), "totalItems": {is: "serial"},
		} {
			m[prefix+name] = p
		}
		for name, p := range map[string]place{"name": title, "summary": title, "content": text, "location/name": released("meeting/place")} {
			m[prefix+name], m[prefix+name+"Map/th"], m[prefix+name+"Map/en"] = p, p, p
		}
	}
	thing("object/")
	thing("object/orderedItems/")
	m["object/orderedItems"] = place{is: "reference"}
	return m
}

var (
	someMinutes = regexp.MustCompile(`^PT[1-9][0-9]{0,2}M$`)
	meetingCode = "1 2 3 4 5 6 note advise decide accepted merged deferred returned coming maybe absent onsite online open started done stuck dropped circulated adopted"
)

// structuralMeeting is structural for meetings; known is false for a test that is
// none of these.
func (g *Gate) structuralMeeting(test string, l leaf) (ok, known bool) {
	switch test {
	case "thing id":
		return g.own(l.text, "/ap/thing/"), true
	case "minutes":
		return someMinutes.MatchString(l.text), true
	case "meeting code":
		return contains(strings.Fields(meetingCode), l.text), true
	case "meeting type":
		_, is := meetingKinds[federation.Kind(l.text)]
		return is || contains([]string{"Event", "OrderedCollection", "Note", "Article"}, l.text), true
	case "word":
		return contains([]string{"Invite", "Update", "Create", "Offer"}, l.text), true
	}
	return false, false
}

// MeetingFacts lists what a word about a meeting tells. said is for what a member
// writes.
func MeetingFacts(w federation.Word) Facts {
	f := Facts{}
	if w.Thing == nil {
		return f
	}
	shape := meetingShape(string(w.Type), string(w.Thing.Kind))
	add := func(path string, values ...string) {
		switch {
		case shape == "meeting attendance" && path == "title":
			path = "representative"
		case shape != "meeting" && (path == "title" || path == "text"):
			path = "said"
		}
		for _, v := range values {
			if v != "" {
				f["meeting/"+path] = append(f["meeting/"+path], v)
			}
		}
	}
	one := func(t federation.Thing) {
		s := t.Session
		add("title", t.Name.TH, t.Name.EN, t.Summary.TH, t.Summary.EN, s.Number)
		add("text", t.Content.TH, t.Content.EN, s.Result.TH)
		add("time", moment(t.Start), moment(t.End), moment(s.Deadline))
		add("place", t.Place.TH, t.Place.EN)
		add("link", t.Link)
		add("organisation", s.Proposer)
		add("digest", s.Digest)
	}
	one(*w.Thing)
	for _, e := range w.Thing.Session.Entries {
		one(e)
	}
	return f
}

// meetingSpecimen is the hour of a made-up meeting.
func meetingSpecimen(now time.Time) string {
	return now.UTC().AddDate(0, 0, 14).Truncate(time.Hour).Format("2006-01-02T15:04:05Z")
}
