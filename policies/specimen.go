package policies

import (
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/policies/disclose"
)

// Specimen is a made-up value of a field, to show what becomes of it; nil for
// what never leaves through the gate.
func Specimen(path string, now time.Time) []string {
	f := FieldOf(path)
	if len(f.Ladder) == 0 {
		return nil
	}
	switch path {
	case pathBirth:
		return []string{now.AddDate(-11, -4, -3).Format(time.DateOnly)}
	case pathSex:
		return []string{"female"}
	case pathHousehold:
		return []string{"5"}
	case "referral/subject/minors":
		return []string{"3"}
	case pathStatus:
		return []string{"6-71"}
	case pathPlace:
		return []string{"57"}
	case "referral/subject/interpreter":
		return []string{"ahk"}
	case "referral/phrases":
		return []string{"no_birth_evidence"}
	case HandoverPath("birth_date"):
		return []string{"2015-04-23"}
	case "members/name":
		return []string{"ศูนย์ตัวอย่าง"}
	}
	return specimenOf(f, now)
}

// specimenOf is any value that the field's first transform takes.
func specimenOf(f Field, now time.Time) []string {
	switch f.Ladder[0] {
	case "code/1":
		return vocabulary.Codes(f.Lists[0])[:1]
	case "yes_no/1":
		return []string{"yes"}
	case "hour/1":
		return []string{now.Add(47*time.Hour + 20*time.Minute).Format(time.RFC3339)}
	case "day/1":
		return []string{now.AddDate(0, 2, 0).Format(time.DateOnly)}
	case "month/1":
		return []string{now.AddDate(0, 0, -13).Format(time.DateOnly)}
	case "scope/1":
		return []string{"anonymous_offer"}
	case "version/1":
		return []string{"th-3"}
	case "iri/1":
		return []string{"https://labour.example/ap/org"}
	case "digest/1":
		return []string{"SHA-256=" + strings.Repeat("A", 43) + "="}
	case "line/1", "paragraphs/1":
		return []string{"คลินิกเคลื่อนที่เปิดวันเสาร์"}
	case "sealed/1":
		return []string{"นางสาวตัวอย่าง ใจดี"}
	case "lines/1":
		return []string{"พระราชบัญญัติการทะเบียนราษฎร"}
	case "dates/1":
		return []string{"2019-04-15"}
	case "instants/1":
		return []string{"2026-11-25T06:00:00Z"}
	case "topics/1", "unnamed/1":
		return []string{"อบรมล่ามชุมชน"}
	case "notes/1":
		return []string{"<p>อบรมหนึ่งวัน ไม่เกินยี่สิบคน</p>"}
	case "times/1":
		return []string{meetingSpecimen(now)}
	case "mailbox/1":
		return []string{"office@clinic.example"}
	case "text/1":
		return []string{"MCowBQYDK2VwAyEA"}
	}
	return nil
}

// Example is one step of a field's way out, with what it makes of a value.
type Example struct {
	Transform string
	Leaves    []string // none when the transform does not know the value
}

// Examples applies each of a field's transforms to raw.
func Examples(path string, raw []string, now time.Time) []Example {
	f := FieldOf(path)
	var out []Example
	for _, name := range f.Ladder {
		values, err := disclose.Apply(name, raw, disclose.Setting{Now: now, Lists: f.Lists})
		if err != nil {
			values = nil
		}
		out = append(out, Example{Transform: name, Leaves: values})
	}
	return out
}
