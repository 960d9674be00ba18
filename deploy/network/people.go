package network

import (
	"fmt"

	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// organisation is one made-up server of the demo.
type organisation struct {
	key, th, en string
	register    string // file of the register that it keeps, if any
	staff       []person
	profile     membership.Profile // what the network says of it
}

// person is one made-up member of staff.
type person struct {
	login, name string
	roles       []string
}

// Password is the password of every login of the demo. The demo listens on
// loopback only.
const Password = "saphan-demo-2569"

// hubKey names the secretariat's server.
const hubKey = "hub"

// secretariat is the network's own organisation.
func secretariat() organisation {
	return organisation{key: hubKey, th: "เครือข่ายสถานะและสิทธิบุคคล (สาธิต)", en: "Network for Status and Rights of Persons (demo)",
		staff: []person{
			{"secretary", "ศรีสุดา ใจกลาง", []string{"secretary"}},
			{"secretary2", "ปราณี ใจกลาง", []string{"secretary"}},
			{"admin", "ผู้ดูแลระบบ", []string{"admin"}},
			{"auditor", "ผู้ตรวจสอบ", []string{"auditor"}},
		}}
}

// staffOf is the staff that every member of the demo has.
func staffOf(first, second, third string) []person {
	return []person{
		{"caseworker", first, []string{"caseworker"}},
		{"lawyer", second, []string{"lawyer"}},
		{"supervisor", third, []string{"supervisor"}},
		{"intern", "นักศึกษาฝึกงาน ทดลอง", []string{"intern"}},
		{"network", "ผู้ประสานงานเครือข่าย", []string{"network"}},
		{"admin", "ผู้ดูแลระบบ", []string{"admin"}},
		{"auditor", "ผู้ตรวจสอบ", []string{"auditor"}},
	}
}

// members lists n made-up organisations; the first three are the ones that the
// documentation speaks of.
func members(n int) []organisation {
	all := []organisation{
		{key: "chiangrai", th: "คลินิกกฎหมายคนไร้สถานะ เชียงราย (สาธิต)", en: "Chiang Rai Status Clinic (demo)",
			profile: membership.Profile{Services: []string{"legal_advice", "status_work", "doc_drafting", "field_verify", "dna", "accompaniment"},
				Regions: []string{"north"}, Languages: []string{"th", "shn", "lhu"}, Capacity: "open"},
			register: "clinic-north.xlsx", staff: staffOf("อรทัย ใจสาธิต", "ทนายภูผา ใจสาธิต", "มาลี ใจสาธิต")},
		{key: "samutsakhon", th: "ศูนย์สิทธิแรงงานข้ามชาติ สมุทรสาคร (สาธิต)", en: "Samut Sakhon Migrant Labour Centre (demo)",
			profile: membership.Profile{Services: []string{"legal_advice", "labour_claim", "interpretation", "trafficking_screen", "doc_drafting"},
				Regions: []string{"central", "east"}, Languages: []string{"th", "my"}, Capacity: "open"},
			register: "labour-2567.csv", staff: staffOf("สมพร ทะเลสาธิต", "ทนายชล ทะเลสาธิต", "วิภา ทะเลสาธิต")},
		{key: "defenders", th: "กลุ่มเพื่อนนักปกป้องสิทธิ (สาธิต)", en: "Friends of Defenders (demo)",
			profile: membership.Profile{Services: []string{"legal_rep", "legal_advice", "security_support", "relocation", "bail_fund"},
				Regions: []string{"north", "northeast", "south"}, Languages: []string{"th"}, Capacity: "waiting_list"},
			staff: staffOf("นภา ฟ้าสาธิต", "ทนายตะวัน ฟ้าสาธิต", "เดือน ฟ้าสาธิต")},
	}
	for i := len(all); i < n; i++ {
		all = append(all, organisation{key: fmt.Sprintf("member%d", i+1),
			th: fmt.Sprintf("คลินิกกฎหมายสาธิตที่ %d", i+1), en: fmt.Sprintf("Demo clinic %d", i+1),
			profile: membership.Profile{Services: []string{"legal_advice"}, Regions: []string{"northeast"}, Languages: []string{"th"}, Capacity: "open"},
			staff:   staffOf("ผู้ปฏิบัติงาน สาธิต", "ทนาย สาธิต", "หัวหน้า สาธิต")})
	}
	return all[:n]
}

// defenderCases are the cases of the third organisation, which keeps no register.
func defenderCases() []casework.Intake {
	rows := []struct {
		given, family, birth, sex, province, village, phone, issue, problem string
	}{
		{"ประทีป", "ลำธารสาธิต", "1979", "male", "50", "บ้านห้วยสาธิตหนึ่ง", "081-000-4101", "hrd_threat", "ถูกเจ้าหน้าที่ไม่ทราบสังกัดถ่ายภาพหน้าบ้านหลายครั้งหลังคัดค้านเหมือง"},
		{"คำหล้า", "ผาสาธิต", "1968", "female", "50", "บ้านห้วยสาธิตหนึ่ง", "081-000-4102", "hrd_prosecution", "ถูกฟ้องหมิ่นประมาทจากการให้ข่าว"},
		{"สายฝน", "ดอยสาธิต", "1985", "female", "57", "บ้านผาสาธิต", "081-000-4103", "hrd_prosecution", "ถูกแจ้งความจากการชุมนุม"},
		{"บุญมี", "นาสาธิต", "1971", "male", "42", "บ้านนาสาธิต", "081-000-4104", "hrd_threat", "ถูกติดตามระหว่างเดินทางไปประชุม"},
		{"จันทร์", "ป่าสาธิต", "1990", "female", "36", "บ้านป่าสาธิต", "081-000-4105", "hrd_prosecution", "ถูกเรียกเป็นพยานในคดีที่ดิน"},
		{"อุดม", "ควนสาธิต", "1975", "male", "84", "บ้านควนสาธิต", "081-000-4106", "hrd_threat", "ถูกขู่ทางโทรศัพท์"},
		{"แก้ว", "ลำธารสาธิต", "1982", "female", "50", "บ้านห้วยสาธิตสอง", "081-000-4107", "hrd_prosecution", "ถูกฟ้องแพ่งเรียกค่าเสียหาย"},
		{"สิงห์", "ผาสาธิต", "1977", "male", "57", "บ้านผาสาธิต", "081-000-4108", "hrd_threat", "รถถูกทำลายหลังร้องเรียน"},
		{"ฟองจันทร์", "ดอยสาธิต", "1983", "female", "50", "บ้านห้วยสาธิตสอง", "081-000-4109", "hrd_prosecution", "ถูกฟ้องจากการโพสต์ข้อความ"},
		{"เมืองแมน", "ดอยสาธิต", "1980", "male", "57", "บ้านผาสาธิต", "081-000-4110", "hrd_threat", "ถูกห้ามเข้าพื้นที่ป่าชุมชน"},
	}
	var out []casework.Intake
	for i, r := range rows {
		out = append(out, casework.Intake{
			Key: fmt.Sprintf("demo:defenders:%d", i), OpenedOn: fmt.Sprintf("2026-%02d-%02d", 1+i, 3+2*i),
			LocalNumber: fmt.Sprintf("ด.%02d/2569", i+1), Channel: "phone", Source: "demo",
			ProvinceCode: r.province, Issues: []string{r.issue}, Problem: r.problem, Interpreter: "no",
			Persons: []casework.Person{{Title: "", Given: r.given, Family: r.family, Birth: r.birth, BirthPrecision: "year",
				Sex: r.sex, Nationality: "TH", Status: "thai_claim", Village: r.village, Phone: r.phone, Role: casework.RoleClient}},
		})
	}
	return out
}
