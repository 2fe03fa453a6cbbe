"""Words in dates: months, weekdays, labels, a.m. and p.m., time zones."""

_MONTH_NAMES = """
január january jan janvier janv januar januari enero ene gennaio gen janeiro stycznia styczen ledna ocak января янв січня tammikuuta
február february feb février fevrier févr fevr februar februari febrero febbraio fevereiro fev lutego luty února unora şubat февраля фев лютого
március march mar mars märz maerz mrz maart mrt marzo março marco marca marzec března mart марта мар березня maaliskuuta
április april apr avril avr abril abr aprile kwietnia kwiecień dubna nisan апреля апр квітня huhtikuuta
május may mai mei mayo maggio mag maio maj maja května kvetna mayıs мая май травня toukokuuta
június june jun juin juni junio giugno giu junho czerwca czerwiec haziran июня июн червня kesäkuuta
július july jul juillet juil juli julio luglio lug julho lipca lipiec července temmuz июля июл липня heinäkuuta
augusztus august aug août aout augustus agosto ago sierpnia sierpień srpna ağustos августа авг серпня elokuuta
szeptember september sep sept septembre septiembre settembre set setembro września wrzesień září eylül сентября сен вересня syyskuuta
október october oct octobre oktober okt octubre ottobre ott outubro out października październik října ekim октября окт жовтня lokakuuta
november nov novembre noviembre novembro listopadu listopada kasım ноября ноя marraskuuta
december dec décembre decembre dezember dez diciembre dic dicembre dezembro grudnia grudzień prosince aralık декабря дек грудня joulukuuta
"""
MONTHS = {name: number for number, line in enumerate(_MONTH_NAMES.split("\n")[1:-1], 1) for name in line.split()}
_WEEKDAY_NAMES = """
monday mon lundi lun montag mo lunes lunedì segunda maandag måndag mandag poniedziałek pondělí pazartesi понедельник пн 월 월요일 月 月曜日 星期一
tuesday tue tues mardi dienstag di martes martedì terça dinsdag tisdag tirsdag wtorek úterý salı вторник вт 화 화요일 火 火曜日 星期二
wednesday wed mercredi mer mittwoch mi miércoles mié mercoledì quarta woensdag onsdag środa středa çarşamba среда ср 수 수요일 水 水曜日 星期三
thursday thu thur thurs jeudi jeu donnerstag do jueves jue giovedì quinta donderdag torsdag czwartek čtvrtek perşembe четверг чт 목 목요일 木 木曜日 星期四
friday fri vendredi ven freitag fr viernes vie venerdì sexta vrijdag fredag piątek pátek cuma пятница пт 금 금요일 金 金曜日 星期五
saturday sat samedi sam samstag sonnabend sa sábado sáb sabato sab zaterdag lördag lørdag sobota cumartesi суббота сб 토 토요일 土 土曜日 星期六
sunday sun dimanche dim sonntag so domingo dom domenica zondag söndag søndag niedziela neděle pazar воскресенье вс 일 일요일 日 日曜日 星期日
"""
WEEKDAYS = {name: number for number, line in enumerate(_WEEKDAY_NAMES.split("\n")[1:-1]) for name in line.split()}
# Words that may occur before or between the parts of a date without a meaning for it.
LABELS = frozenset({
    "published", "posted", "date", "on", "at", "first", "the", "of", "de", "del", "le", "den", "der", "um",
    "uhr", "à", "kl", "o'clock", "publish", "created", "written", "feira", "el", "les", "il",
    "입력", "작성일", "등록일", "게시일", "발행일", "작성", "등록", "기사입력", "승인", "일시", "날짜", "최초입력",
    "게시", "발행", "기사등록", "기사승인", "입력일", "입력시간", "입력일시", "등록시간", "등록일시", "작성시간", "작성일시",
    "게시일시", "발행일시", "보도일",
    "stand", "veröffentlicht", "publié", "publicado", "pubblicato", "opublikowano", "опубликовано", "г",
})  # fmt: skip
KOREAN_LABELS = frozenset(label for label in LABELS if "가" <= label[0] <= "힣")
# Zones by name, in hours. Where a name is used by several, the one of the e-mail standard or of most feeds.
ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "met": 1, "cest": 2,
    "mesz": 2, "eet": 2, "sast": 2, "cat": 2, "eest": 3, "msk": 3, "trt": 3, "eat": 3, "pkt": 5, "ist": 5.5, "ict": 7,
    "wib": 7, "hkt": 8, "sgt": 8, "pht": 8, "awst": 8, "kst": 9, "jst": 9, "acst": 9.5, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "nst": -3.5, "brt": -3, "art": -3, "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6,
    "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
}  # fmt: skip
# Names of both a zone's summer and its winter time.
REGIONS = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
BEFORE_NOON = frozenset({"am", "a.m.", "a.m", "오전", "午前", "上午"})
AFTER_NOON = frozenset({"pm", "p.m.", "p.m", "오후", "午後", "下午"})
