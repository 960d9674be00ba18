package vocabulary_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/vocabulary"
)

func TestUnknown(t *testing.T) {
	if vocabulary.Has("issue", "no_such_issue") || vocabulary.Has("no_such_list", "other") {
		t.Error("an unknown code or list must not be found")
	}
	if got := vocabulary.Codes("no_such_list"); got != nil {
		t.Errorf("codes of an unknown list: %v", got)
	}
	if got := vocabulary.Label("issue", "x9", "th"); got != "x9" {
		t.Errorf("label of an unknown code = %q, want the code", got)
	}
	if got := vocabulary.Parent("issue", "x9"); got != "" {
		t.Errorf("parent of an unknown code = %q", got)
	}
}

func TestListsThatOthersNeed(t *testing.T) {
	need := strings.Fields(`service_type issue referral_kind urgency purpose legal_basis age_band sex
		status status_family status_top province region referral_decline_reason withdraw_reason service_step
		outcome_right fail_reason phrase officeType member_tier capacity_status language size_band minors_band
		consent_medium nationality migrant_channel document_type`)
	have := strings.Join(vocabulary.Lists(), " ") + " "
	for _, name := range need {
		if !strings.Contains(have, name+" ") || len(vocabulary.Codes(name)) == 0 {
			t.Errorf("list %s is missing or empty", name)
		}
	}
}

func TestEveryCode(t *testing.T) {
	form := regexp.MustCompile(`^([a-z0-9][a-z0-9_]*(-[a-z0-9]+)?\+?|[A-Z]{2})$`)
	thai := regexp.MustCompile(`\p{Thai}`)
	latin := regexp.MustCompile(`[A-Za-z0-9]`)
	for _, name := range vocabulary.Lists() {
		for _, code := range vocabulary.Codes(name) {
			if !form.MatchString(code) {
				t.Errorf("%s: code %q has not the form of a code", name, code)
			}
			th, en := vocabulary.Label(name, code, "th"), vocabulary.Label(name, code, "en")
			if !thai.MatchString(th) {
				t.Errorf("%s/%s: Thai label %q has no Thai letter", name, code, th)
			}
			if !latin.MatchString(en) || thai.MatchString(en) {
				t.Errorf("%s/%s: English label %q is not English", name, code, en)
			}
			if strings.TrimSpace(th) != th || strings.TrimSpace(en) != en {
				t.Errorf("%s/%s: a label has blanks around it", name, code)
			}
			if p := vocabulary.Parent(name, code); p != "" && !vocabulary.Has(vocabulary.ParentList(name), p) {
				t.Errorf("%s/%s: parent %q is not in %s", name, code, p, vocabulary.ParentList(name))
			}
		}
	}
}

func TestLadders(t *testing.T) {
	for _, name := range []string{"status", "status_family", "province"} {
		for _, code := range vocabulary.Codes(name) {
			if vocabulary.Parent(name, code) == "" {
				t.Errorf("%s/%s has no coarser value", name, code)
			}
		}
	}
	for _, name := range []string{"region", "status_top", "urgency", "sex"} {
		for _, code := range vocabulary.Codes(name) {
			if p := vocabulary.Parent(name, code); p != "" {
				t.Errorf("%s/%s is the top and yet has parent %s", name, code, p)
			}
		}
	}
	for _, c := range []struct{ list, code, parent string }{
		{"province", "57", "north"}, {"province", "74", "central"}, {"province", "63", "west"},
		{"status", "0-89", "zero_card"}, {"status", "6-50", "registered_6"}, {"status_family", "zero_card", "unregistered"},
		{"age_band", "7-14", "child"}, {"issue", "unpaid_wage", "labour"},
	} {
		if got := vocabulary.Parent(c.list, c.code); got != c.parent {
			t.Errorf("Parent(%s, %s) = %q, want %q", c.list, c.code, got, c.parent)
		}
	}
}

func TestPlaces(t *testing.T) {
	if n := len(vocabulary.Codes("province")); n != 77 {
		t.Errorf("%d provinces, want 77", n)
	}
	want := map[string]int{"central": 22, "east": 7, "northeast": 20, "north": 9, "west": 5, "south": 14}
	got := map[string]int{}
	for _, code := range vocabulary.Codes("province") {
		got[vocabulary.Parent("province", code)]++
	}
	if len(vocabulary.Codes("region")) != 6 || len(got) != 6 {
		t.Errorf("regions: %v", got)
	}
	for region, n := range want {
		if got[region] != n {
			t.Errorf("%s has %d provinces, want %d", region, got[region], n)
		}
	}
	if vocabulary.Label("province", "10", "th") != "กรุงเทพมหานคร" || vocabulary.Label("province", "57", "en") != "Chiang Rai" {
		t.Error("labels of provinces are mixed up")
	}
}
