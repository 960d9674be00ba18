package network

import "github.com/saphan-network/saphan/node/clinic/library"

// demoLesson is a made-up lesson of one of the organisations.
type demoLesson struct {
	key, by, upTo, back string // upTo: draft, once or "" for shared; back: reason for which it was taken back
	text                library.Text
}

// demoRemark is what another organisation says about one.
type demoRemark struct{ about, by, result, text string }

func demoLessons() []demoLesson { return append(statusLessons(), workLessons()...) }

// statusLessons are about people without a status, as the first organisation writes them.
func statusLessons() []demoLesson {
	const by = "chiangrai"
	th := func(s string) library.Words { return library.Words{TH: s} }
	both := func(th, en string) library.Words { return library.Words{TH: th, EN: en} }
	register := library.Law{Name: both("พระราชบัญญัติการทะเบียนราษฎร (ฉบับที่ 3)", "Civil Registration Act (No. 3)"), Date: "2019-10-13"}
	procedure := library.Law{Name: both("พระราชบัญญัติวิธีปฏิบัติราชการทางปกครอง", "Administrative Procedure Act"), Date: "2019-05-27"}
	nationality := library.Law{Name: both("พระราชบัญญัติสัญชาติ (ฉบับที่ 5)", "Nationality Act (No. 5)"), Date: "2012-03-22"}
	return []demoLesson{
		{key: "birthday", by: by, text: library.Text{
			Title:   both("อ่านกฎหมายจากวันเกิด ไม่ใช่จากสีบัตร", "Read the law from the date of birth, not from the colour of the card"),
			Summary: both("ครอบครัวหลายรุ่น ให้เริ่มจากผังเครือญาติแผ่นเดียว", "With several generations, begin with one family tree on one sheet"),
			Problem: both("ครอบครัวหนึ่งมีสามรุ่นอยู่บ้านเดียวกัน ถือบัตรไม่เหมือนกันเลย ทีมแบ่งงานตามสีบัตร เอกสารที่คนหนึ่งต้องใช้จึงไปอยู่ในแฟ้มของอีกคน ครึ่งปีผ่านไปงานไม่เดิน",
				"Three generations in one house held three kinds of cards. We divided the work by card, so the paper that one person needed lay in another's file. For half a year nothing moved."),
			Tried: both("วาดผังเครือญาติแผ่นเดียว ใส่ปีเกิด ที่เกิด และปีที่พ่อแม่เข้ามา แล้วลากเส้นว่าใครเป็นหลักฐานให้ใครได้\n\nถามก่อนว่าใครทำคลอด พ่อแม่อยู่ในทะเบียนใดในวันนั้น",
				"One family tree on one sheet: year and place of birth, the year in which the parents came. Then lines: who can be evidence for whom.\n\nWe ask first who attended the birth, and in which register the parents stood on that day."),
			Worked: both("รุ่นหลานได้ก่อน แล้วใช้คำสั่งนั้นเป็นหลักฐานย้อนไปหาพ่อแม่ เร็วกว่าเริ่มจากคนแก่ที่สุด",
				"The grandchildren came first, and that order became the evidence for their parents. It was faster than beginning with the oldest."),
			Failed: both("ถามว่าถือบัตรอะไรเป็นคำถามแรก ทำให้มองไม่เห็นทั้งครอบครัว", "Asking for the card first hides the family."),
			Limits: both("ใช้ไม่ได้ถ้าไม่มีใครในครอบครัวมีชื่อในแบบสำรวจเก่าเลย", "It does not help where nobody of the family stands in an old survey."),
			Laws:   []library.Law{nationality}, Issue: "registered_no_nationality", Status: "registered_6", Office: "registry", Region: "north", Evidence: "several_cases"}},
		{key: "school", by: by, text: library.Text{
			Title: th("โรงเรียนคือด่านแรก"), Summary: th("ครูเห็นปัญหาก่อนอำเภอ ให้แผ่นเดียวบอกครูว่าต้องดูอะไร"),
			Problem: th("เด็กที่มีเพียงรหัสที่โรงเรียนออกให้ สมัครทุนหรือเรียนต่อไม่ได้ และไม่มีใครรู้จนใกล้จบชั้น"),
			Tried:   th("ขอหนังสือรับรองว่าเรียนอยู่จริง ช่วยครูตรวจว่ารหัสของทั้งห้องครบหลัก แล้วขอนัดอำเภอเป็นกลุ่มแทนรายคน"),
			Worked:  th("เพื่อนร่วมชั้นที่มีรหัสแบบเดียวกันได้ไปด้วย ฝ่ายทะเบียนของโรงเรียนตรวจเองทุกปี และแจ้งเราก่อนจบหนึ่งปีเต็ม"),
			Failed:  th("รอให้เด็กมาเอง และเรียกชื่อเด็กหน้าแถว ทั้งที่เด็กขอไม่ให้เพื่อนรู้"),
			Limits:  th("โรงเรียนที่ยังไม่ยอมออกรหัสให้ ต้องเริ่มจากเขตพื้นที่การศึกษา"), Issue: "access_education", Status: "none", Office: "school", Region: "north", Evidence: "several_cases"}},
		{key: "receipt", by: by, text: library.Text{
			Title:   both("ขอให้ลงรับทุกครั้ง แล้วส่งทางไปรษณีย์ในวันเดียวกัน", "Ask for the receipt stamp every time, and post it the same day"),
			Summary: both("การไม่รับคำร้องเป็นเหตุการณ์ของตัวเอง ไม่ใช่หมายเหตุท้ายแฟ้ม", "Not being accepted is an event of its own"),
			Problem: both("เจ้าหน้าที่พลิกเอกสารแล้วบอกให้กลับไปก่อน ไม่มีกระดาษ ไม่มีเลขรับ ในทางกฎหมายจึงไม่เคยมีคำร้อง อุทธรณ์ไม่ได้ ฟ้องก็ไม่ได้",
				"The officer looks through the papers and says come back. No paper, no number: in law there never was an application, so there is nothing to appeal."),
			Tried: both("เตรียมคำร้องสองฉบับ ขอให้ลงรับหนึ่งฉบับ ถ้าไม่ลงรับ จดเหตุผลที่ได้ยินจากรายการเดียวกันทุกองค์กร แล้วส่งฉบับเดิมทางไปรษณีย์ตอบรับในวันเดียวกัน ครบกำหนดจึงทวงถามเป็นหนังสือ",
				"Two copies, one to be stamped. If it is not stamped, note the reason by the common list, and post the same paper with advice of delivery that day. When the time is up, ask in writing."),
			Worked: both("สำนักทะเบียนที่เคยไม่รับ เริ่มลงรับตั้งแต่ครั้งแรก", "Offices that never did now stamp it the first time."),
			Failed: both("รอให้ถูกปฏิเสธครบสามครั้งก่อนจึงจด", "Waiting for the third refusal before writing it down."),
			Limits: both("เรื่องที่กฎหมายให้มาด้วยตนเองเท่านั้น ส่งไปรษณีย์แทนไม่ได้", "Where the law wants the person to come, the post does not replace it."),
			Laws:   []library.Law{procedure}, Issue: "birth_not_registered", Office: "registry", Region: "north", Evidence: "several_cases"}},
		{key: "blood", by: by, text: library.Text{
			Title: th("ผลตรวจสายเลือดไม่ใช่คำตอบแรก"), Summary: th("ตอบสี่ข้อก่อนส่งตรวจ แล้วจำนวนการตรวจลดลงกว่าครึ่ง"),
			Problem: th("พอไม่มีเอกสารก็ส่งตรวจ กองทุนหมดเร็ว และบางครอบครัวแตกหักเพราะผลเปิดเรื่องที่ไม่มีใครเคยพูด"),
			Tried:   th("ก่อนตรวจต้องตอบว่า กฎหมายต้องการพิสูจน์อะไรแน่ มีพยานที่น้ำหนักใกล้เคียงหรือไม่ ถ้าผลไม่ตรงใครจะเสียหาย และทุกคนรวมทั้งเด็กที่โตพอยินยอมเองหรือไม่"),
			Worked:  th("ใช้พยานสองปากที่ไม่เกี่ยวข้องกันแทนได้ในหลายเรื่อง เงินที่เหลือเป็นค่าเดินทางของพยาน"),
			Failed:  th("เก็บผลไว้ในทะเบียนรวม ไม่ควรเก็บ ให้เจ้าตัวถือไปเอง"),
			Laws:    []library.Law{register}, Issue: "kinship_proof", Status: "registered_6", Office: "registry", Region: "north", Evidence: "several_cases"}},
		{key: "witness", by: by, text: library.Text{
			Title: th("พยานหนึ่งคนไม่ควรแบกเกินสามเรื่อง"), Summary: th("ถ้อยคำที่เหมือนกันเกินไปทำให้คำจริงดูเป็นคำเท็จ"),
			Problem: th("ใช้พยานคนเดียวรับรองหลายบ้านด้วยถ้อยคำเกือบเหมือนกัน จนเจ้าหน้าที่ขอพยานอื่นมายืนยัน และงานทั้งหมดหยุด"),
			Tried:   th("เก็บใหม่ทีละบ้าน ถามว่าใครอยู่ในคืนนั้น ใครหุงข้าว ใครไปตามหมอ แล้วจดในทะเบียนพยานว่าใครใช้กับเรื่องใดแล้ว โดยไม่เปิดให้ทุกคนเห็น"),
			Worked:  th("ได้พยานคนละชุด ถ้อยคำไม่เหมือนกันแต่ลงรอยในข้อสำคัญ อำเภอรับ"),
			Failed:  th("เขียนคำให้การแทนพยานด้วยสำนวนของเราเอง"),
			Limits:  th("พยานสูงอายุต้องเก็บให้เร็ว และอัดเสียงเมื่อท่านยินยอม"), Issue: "birth_not_registered", Status: "none", Office: "registry", Region: "north", Evidence: "several_cases"}},
		{key: "survey", by: by, upTo: "once", text: library.Text{
			Title: th("แบบสำรวจเก่าอยู่ที่จังหวัด ไม่ใช่ที่อำเภอ"), Summary: th("ขอคัดสำเนาจากจังหวัดก่อนบอกว่าไม่มีหลักฐาน"),
			Problem: th("อำเภอตอบว่าไม่พบชื่อในแบบสำรวจ ทั้งที่ครอบครัวจำได้ว่าเคยถูกสำรวจ"), Tried: th("ขอคัดสำเนาจากที่ทำการปกครองจังหวัด ระบุปีที่สำรวจและตำบล"),
			Worked: th("พบในเล่มที่ไม่เคยถูกส่งกลับมาที่อำเภอ"), Laws: []library.Law{register}, Issue: "thai_omitted", Status: "thai_claim", Office: "province", Region: "north", Evidence: "one_case"}},
		{key: "draft", by: by, upTo: "draft", text: library.Text{
			Title: th("เด็กที่เกิดในรถระหว่างทางไปโรงพยาบาล"), Problem: th("โรงพยาบาลไม่ออกหนังสือรับรองการเกิดเพราะไม่ได้ทำคลอด กู้ภัยก็ไม่ออก โทรถามได้ที่ 081-000-4199"), Issue: "birth_not_registered", Region: "north"}},
	}
}

// workLessons are about work, referral and safety, as the other two write them.
func workLessons() []demoLesson {
	th := func(s string) library.Words { return library.Words{TH: s} }
	both := func(th, en string) library.Words { return library.Words{TH: th, EN: en} }
	labour := library.Law{Name: both("พระราชบัญญัติคุ้มครองแรงงาน (ฉบับที่ 7)", "Labour Protection Act (No. 7)"), Date: "2019-05-05"}
	return []demoLesson{
		{key: "wages", by: "samutsakhon", text: library.Text{
			Title:   both("สมุดจดที่เปียกก็เป็นหลักฐานค่าจ้าง", "A wet notebook is evidence of wages too"),
			Summary: both("คำนวณหน้าเดียวก่อนร้อง แล้วให้เจ้าของเรื่องเลือกลำดับ", "One page of sums first; the person concerned chooses the order"),
			Problem: both("ลูกเรือถูกค้างค่าจ้างและถูกยึดเอกสาร มีเพียงสมุดจดเที่ยวเรือที่ตากแห้งหลายรอบ และมีเวลาบนฝั่งไม่กี่วัน",
				"Crew were owed wages and their papers were held. All they had was a notebook of trips that had been dried many times, and a few days ashore."),
			Tried: both("เทียบสมุดจดกับบันทึกเข้าออกของท่าเรือ ทำตารางหน้าเดียว แล้วนัดนายจ้างโดยมีล่ามที่ลูกเรือเลือกเอง",
				"We held the notebook against the port's records, made one page of it, and met the employer with an interpreter whom the crew had chosen."),
			Worked: both("นายจ้างจ่ายส่วนหนึ่งในวันนั้น คืนเอกสาร แล้วลูกเรือจึงตัดสินใจร้องเรื่องยึดเอกสารด้วยตัวเอง",
				"The employer paid a part that day and gave the papers back. Then the crew decided themselves to complain about the papers."),
			Failed: both("ร้องพนักงานตรวจแรงงานก่อนถามเจ้าของเรื่อง", "Going to the labour inspector before asking them."),
			Limits: both("บันทึกผลเป็นช่วงจำนวนเงิน และไม่เขียนชื่อเรือ เพราะเรือลำหนึ่งมีลูกเรือไม่กี่คน", "Note money in bands and never the vessel: a vessel has a handful of crew."),
			Laws:   []library.Law{labour}, Issue: "unpaid_wage", Status: "migrant_00", Office: "labour_protection", Region: "central", Evidence: "several_cases"}},
		{key: "twosteps", by: "samutsakhon", text: library.Text{
			Title: th("ส่งต่อคนโดยยังไม่ส่งชื่อ"), Summary: th("ถามก่อนว่าใครรับได้ แล้วกลับไปถามเจ้าของเรื่องอีกครั้ง"),
			Problem: th("ส่งต่อกันในกลุ่มแชทด้วยชื่อและรูปบัตร เมื่อคนในกลุ่มย้ายงาน เราเรียกข้อมูลคืนไม่ได้"),
			Tried:   th("จังหวะแรกบอกเพียงชนิดปัญหา ช่วงอายุ ภาค และความเร่งด่วน จังหวะที่สองกลับไปถามเจ้าของเรื่อง แล้วจึงส่งเฉพาะที่ตกลงให้ผู้รับคนเดียว"),
			Worked:  th("หลายคนเปลี่ยนใจในจังหวะที่สอง ถ้าใช้วิธีเดิมชื่อจะถูกส่งไปแล้ว"),
			Failed:  th("ใช้ความเร่งด่วนเป็นข้ออ้างให้ข้ามจังหวะที่สอง"),
			Limits:  th("เรื่องฉุกเฉินก็ถามได้ในห้านาที ยกเว้นเจ้าของเรื่องหมดสติ"), Issue: "other", Region: "central", Evidence: "practice"}},
		{key: "permit", by: "samutsakhon", text: library.Text{
			Title: th("เปลี่ยนนายจ้างให้ทันก่อนใบอนุญาตสิ้นผล"), Summary: th("นับวันจากวันที่ออกจากงานจริง ไม่ใช่วันที่ในหนังสือ"),
			Problem: th("นายจ้างลงวันที่ออกจากงานย้อนหลัง ทำให้แรงงานเหลือเวลาไม่กี่วันในการเปลี่ยนนายจ้าง"),
			Tried:   th("เก็บหลักฐานวันทำงานจริง เช่น ตารางกะและข้อความสั่งงาน แล้วยื่นต่อสำนักงานจัดหางานพร้อมคำชี้แจงหน้าเดียว"),
			Worked:  th("เจ้าหน้าที่นับวันใหม่ตามหลักฐาน"), Failed: th("ไปหลายสำนักงานพร้อมกัน ทำให้คำชี้แจงไม่ตรงกัน"),
			Laws: []library.Law{labour}, Issue: "employer_change", Status: "migrant_00", Office: "employment", Region: "central", Evidence: "several_cases"}},
		{key: "back", by: "samutsakhon", back: "recognisable", text: library.Text{
			Title: th("ร้านเดียวในตลาดที่รับจดทะเบียน"), Problem: th("ร้านเล็กร้านเดียวในตลาดถูกร้องเรียน"), Tried: th("คุยกับผู้จัดการตลาดก่อนร้องเรียน"), Worked: th("ตกลงกันได้"), Issue: "labour", Region: "central",
			Evidence: "one_case"}},
		{key: "staff", by: "defenders", text: library.Text{
			Title:   both("คนทำงานก็ต้องมีแผนความปลอดภัย", "Those who help need a safety plan too"),
			Summary: both("แบบบันทึกครึ่งหน้า อ่านร่วมกันทุกเย็นวันศุกร์", "Half a page each time, read together every Friday"),
			Problem: both("เราสอนชุมชนให้จดเหตุการณ์ผิดปกติ แต่ไม่เคยจดของตัวเอง เรื่องเล็กที่เล่าเป็นเรื่องขำจึงไม่เคยถูกเอามาเรียงกัน",
				"We taught communities to note what is unusual and never noted our own. Small things that were told as jokes were never put side by side."),
			Tried: both("จดครึ่งหน้า เกิดอะไร ที่ไหนแบบกว้าง ๆ เราทำอะไร จะดูอีกเมื่อไร เก็บแยกจากแฟ้มคดี เปิดได้เฉพาะคนที่จำเป็น",
				"Half a page: what, roughly where, what we did, when we look again. Kept apart from the case files, open to few."),
			Worked: both("ตัดสินใจเร็วขึ้น กล้ายกเลิกการลงพื้นที่โดยไม่รู้สึกผิด และคนใหม่ได้ยินเรื่องนี้ในวันแรก",
				"We decide faster, dare to cancel a visit without guilt, and newcomers hear of it on the first day."),
			Failed: both("รวมบันทึกนี้กับสถิติ แม้เพียงจำนวนก็บอกได้ว่าใครทำงานที่ไหน", "Putting these notes into statistics: even a number can tell who works where."),
			Limits: both("ไม่มีใครเชื่อว่าแผนจริง ถ้าหัวหน้ายังขับรถกลับคนเดียวตอนกลางคืน", "Nobody believes the plan while the head still drives home alone at night."),
			Issue:  "hrd_threat", Region: "northeast", Evidence: "practice"}},
		{key: "court", by: "defenders", text: library.Text{
			Title: th("นัดศาลครั้งแรก ให้ชุมชนไปเท่าที่จำเป็น"), Summary: th("แบ่งคนไปศาลกับคนอยู่บ้าน และบอกเส้นทางกลับไว้ก่อน"),
			Problem: th("คนทั้งหมู่บ้านไปศาลพร้อมกัน บ้านว่าง และถูกติดตามระหว่างทางกลับ"),
			Tried:   th("จัดคนไปศาลเท่าที่จำเป็น สลับกัน มีคนรอรับโทรศัพท์ที่บ้าน และเปลี่ยนเส้นทางกลับ"),
			Worked:  th("ไม่มีเหตุระหว่างทางอีก และคนที่อยู่บ้านรู้ว่าต้องทำอะไร"), Failed: th("แชร์ตำแหน่งในกลุ่มใหญ่"), Issue: "hrd_prosecution", Office: "court", Region: "south", Evidence: "several_cases"}},
	}
}

func demoRemarks() []demoRemark {
	return []demoRemark{
		{"receipt", "samutsakhon", "worked", "ใช้กับสำนักงานประกันสังคมได้ด้วย เจ้าหน้าที่ลงรับเมื่อเห็นว่ามีสองฉบับ"},
		{"receipt", "defenders", "partly", "ที่นี่ลงรับ แต่ไม่เขียนวันที่ ต้องขอให้เขียนเอง"},
		{"witness", "defenders", "worked", ""},
		{"school", "samutsakhon", "failed", "โรงเรียนในเขตโรงงานไม่ยอมออกหนังสือรับรอง เพราะเด็กย้ายบ่อย"},
		{"school", "defenders", "", "แผ่นเดียวสำหรับครู มีตัวอย่างให้ใช้ต่อได้หรือไม่"},
		{"wages", "chiangrai", "worked", "ใช้กับงานสวนที่จ่ายเป็นรอบเก็บเกี่ยวได้"},
		{"twosteps", "chiangrai", "worked", "กลายเป็นวิธีของเราแล้ว"},
		{"staff", "chiangrai", "partly", "ทีมเล็กอ่านร่วมกันเดือนละครั้งก็พอ"},
	}
}
