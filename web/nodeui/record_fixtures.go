package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func recordFixtures() []web.Fixture {
	p := RecordPage{NameTH: "คลินิกกฎหมายดอยสะพาน", NameEN: "Doi Saphan Legal Clinic", Made: time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC), Places: 950,
		Activities: []RecordActivity{
			{ID: "casework", Title: ui.T("record.activity.casework"), Purpose: ui.T("record.purpose.casework"), Facts: ui.Facts{
				{Label: ui.T("record.subjects"), Values: []ui.Text{ui.T("record.subject.client"), ui.T("record.subject.family")}},
				{Label: ui.T("record.kinds"), Values: []ui.Text{ui.T("record.kind.name"), ui.T("record.kind.birth"), ui.T("record.kind.ethnic")}},
				{Label: ui.T("record.sensitive"), Values: []ui.Text{ui.T("record.kind.ethnic")}},
				{Label: ui.T("record.outside"), Values: []ui.Text{ui.T("record.outside.nobody")}},
			}},
			{ID: "referral", Title: ui.T("record.activity.referral"), Purpose: ui.T("record.purpose.referral"),
				Outgoing: []ui.Text{ui.T("policy.field.referral.subject.place"), ui.T("policy.field.referral.needs")},
				Facts:    ui.Facts{{Label: ui.T("record.outside"), Values: []ui.Text{ui.T("record.outside.named")}}}},
		},
		Keep: ui.Table{Caption: ui.T("record.keep"), Head: []ui.Text{ui.T("record.keep.what"), ui.T("record.keep.long"), ui.T("record.keep.ends")},
			Rows: []ui.Row{{Cells: ui.Cells(ui.T("record.keep.case"), ui.T("record.keep.years.case_closed", "n", 10), ui.T("record.ends.hand"))}}}}
	return []web.Fixture{{Name: "record/record: two activities", TitleKey: "record.title", Page: p}}
}
