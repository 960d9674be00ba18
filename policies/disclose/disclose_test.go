package disclose_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/policies/disclose"
)

func TestTransforms(t *testing.T) {
	now := time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)
	const no = "refused"
	for _, c := range []struct{ name, raw, want string }{
		{"nonsense/1", "x", no}, {"age_band", "2015", no}, {"code/1", "", no},
		{"age_band/1", "", no}, {"age_band/1", "2569", no}, {"age_band/1", "0000", no}, {"age_band/1", "15", no}, {"age_band/1", "2015-13", no},
		{"age_band/1", "2015-02-30", no}, {"age_band/1", "1890", no}, {"age_band/1", "2027", no}, {"age_band/1", "ประมาณ 2015", no}, {"age_band/1", "2015|2016", no},
		{"age_band/1", "2008", no}, {"age_coarse/1", "2008", no}, {"age_band/1", "2011", no}, {"age_coarse/1", "2011", "child"},
		{"age_band/1", "2015", "7-14"}, {"age_band/1", "2026-11-25", "0-6"}, {"age_band/1", "2008-11-25", "18-24"}, {"age_band/1", "2008-11-26", "15-17"},
		{"age_band/1", "2008-11", no}, {"age_band/1", "2008-10", "18-24"}, {"age_band/1", "1940", "60+"}, {"age_coarse/1", "1940-02-29", "older"}, {"age_coarse/1", "1980", "adult"},
		{"place_province/1", "เชียงราย", no}, {"place_province/1", "5701", no}, {"place_province/1", "57", "province,57"}, {"place_region/1", "57", "region,north"}, {"place_region/1", "99", no},
		{"status_family/1", "6-71", "registered_6"}, {"status_family/1", "0-89", "zero_card"}, {"status_family/1", "none", "none"}, {"status_family/1", "อาข่า", no}, {"status_family/1", "9-99", no},
		{"status_top/1", "6-71", "registered_no_nationality"}, {"status_top/1", "7-00", "registered_no_nationality"}, {"status_top/1", "x", no},
		{"size_band/1", "0", no}, {"size_band/1", "-1", no}, {"size_band/1", "1", "1"}, {"size_band/1", "3", "2-3"}, {"size_band/1", "6", "4-6"}, {"size_band/1", "12", "7+"}, {"size_band/1", "4-6", "4-6"}, {"size_band/1", "บ้านใหญ่", no},
		{"size_family/1", "1", no}, {"size_family/1", "5", "family"}, {"minors_band/1", "0", "0"}, {"minors_band/1", "1", "1"}, {"minors_band/1", "9", "2+"}, {"minors_band/1", "x", no},
		{"interpreter/1", "ahk", "yes"}, {"interpreter/1", "th", "no"}, {"interpreter/1", "no", "no"}, {"interpreter/1", "อาข่า", no},
		{"yes_no/1", "maybe", no}, {"yes_no/1", "yes", "yes"}, {"month/1", "2026-11-12", "2026-11"}, {"month/1", "2026-11", "2026-11"}, {"month/1", "2026", no},
		{"hour/1", "2026-11-25T12:59:59+07:00", "2026-11-25T05:00:00Z"}, {"hour/1", "2026-11-25", no},
		{"day/1", "2027-01-31", "2027-01-31"}, {"day/1", "1990-05-02", no}, {"day/1", "2060-01-01", no}, {"day/1", "31/1/2570", no},
		{"phrase/1", "no_birth_evidence", "no_birth_evidence"}, {"phrase/1", "ไม่มีหลักฐาน", no}, {"phrase/1", "no_birth_evidence;name=นาแล", no},
		{"phrase/1", "no_birth_evidence;phone=0812345678", no}, {"phrase/1", "no_birth_evidence;b=x;a=y", no}, {"phrase/1", "no_birth_evidence;a=x", "no_birth_evidence;a=x"}, {"phrase/1", "no_birth_evidence;a", no},
		{"digest/1", "SHA-256=x", no}, {"iri/1", "https://a.example/ap/org", "https://a.example/ap/org"}, {"iri/1", "https://u:p@a.example/", no}, {"iri/1", "https://a.example/?q=x", no}, {"iri/1", "javascript:x", no},
		{"text/1", "คลินิก", "คลินิก"}, {"text/1", "a\u200bb", no}, {"version/1", "th-3", "th-3"}, {"version/1", "12", "12"}, {"version/1", "0000089000005", no}, {"version/1", "ฉบับที่ 3", no},
		{"scope/1", "everything", no}, {"scope/1", "anonymous_offer", "anonymous_offer"}, {"sex/1", "female", "female"}, {"sex/1", "ญ", no},
	} {
		got, err := disclose.Apply(c.name, strings.Split(c.raw, "|"), disclose.Setting{Now: now})
		if c.want == no {
			if err == nil {
				t.Errorf("%s(%q) = %v, want a refusal", c.name, c.raw, got)
			}
			continue
		}
		if err != nil || strings.Join(got, ",") != c.want {
			t.Errorf("%s(%q) = %v %v, want %s", c.name, c.raw, got, err, c.want)
		}
	}
}

func TestCodesAllOrNothing(t *testing.T) {
	set := disclose.Setting{Lists: []string{"service_type"}}
	if got, err := disclose.Apply("code/1", []string{"shelter", "dna", "dna"}, set); err != nil || !slices.Equal(got, []string{"dna", "shelter"}) {
		t.Errorf("%v %v", got, err)
	}
	for _, raw := range [][]string{nil, {}, {""}, {"dna", ""}, {"dna", "นาแล"}} {
		if got, err := disclose.Apply("code/1", raw, set); err == nil {
			t.Errorf("%v = %v", raw, got)
		}
	}
	if got, err := disclose.Apply("code/1", []string{"dna"}, disclose.Setting{}); err == nil {
		t.Errorf("without a vocabulary: %v", got)
	}
}

func TestPhrase(t *testing.T) {
	s := disclose.Phrase("c", map[string]string{"b": "2", "a": "1"})
	if s != "c;a=1;b=2" {
		t.Error(s)
	}
	code, slots := disclose.ParsePhrase(s)
	if code != "c" || slots["a"] != "1" || slots["b"] != "2" || len(slots) != 2 {
		t.Errorf("%s %v", code, slots)
	}
}
