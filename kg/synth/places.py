"""The places of a synthetic corpus: the provinces of the Chinese mainland, and two cities of each that has cities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its id, its names, and the id of the place that it lies in."""

    id: str
    zh: str
    en: str
    within: str = ""


CHINA: Final = Place("synth-china", "中国", "China")

_TABLE: Final = """
guangdong 广东省 Guangdong: guangzhou 广州市 Guangzhou, shenzhen 深圳市 Shenzhen
jiangsu 江苏省 Jiangsu: nanjing 南京市 Nanjing, suzhou 苏州市 Suzhou
zhejiang 浙江省 Zhejiang: hangzhou 杭州市 Hangzhou, ningbo 宁波市 Ningbo
beijing 北京市 Beijing:
shanghai 上海市 Shanghai:
shandong 山东省 Shandong: jinan 济南市 Jinan, qingdao 青岛市 Qingdao
sichuan 四川省 Sichuan: chengdu 成都市 Chengdu, mianyang 绵阳市 Mianyang
hubei 湖北省 Hubei: wuhan 武汉市 Wuhan, yichang 宜昌市 Yichang
anhui 安徽省 Anhui: hefei 合肥市 Hefei, wuhu 芜湖市 Wuhu
fujian 福建省 Fujian: fuzhou 福州市 Fuzhou, xiamen 厦门市 Xiamen
henan 河南省 Henan: zhengzhou 郑州市 Zhengzhou, luoyang 洛阳市 Luoyang
hunan 湖南省 Hunan: changsha 长沙市 Changsha, zhuzhou 株洲市 Zhuzhou
chongqing 重庆市 Chongqing:
shaanxi 陕西省 Shaanxi: xian 西安市 Xi’an, baoji 宝鸡市 Baoji
hebei 河北省 Hebei: shijiazhuang 石家庄市 Shijiazhuang, tangshan 唐山市 Tangshan
tianjin 天津市 Tianjin:
liaoning 辽宁省 Liaoning: shenyang 沈阳市 Shenyang, dalian 大连市 Dalian
jiangxi 江西省 Jiangxi: nanchang 南昌市 Nanchang, ganzhou 赣州市 Ganzhou
yunnan 云南省 Yunnan: kunming 昆明市 Kunming, qujing 曲靖市 Qujing
guangxi 广西壮族自治区 Guangxi: nanning 南宁市 Nanning, liuzhou 柳州市 Liuzhou
guizhou 贵州省 Guizhou: guiyang 贵阳市 Guiyang, zunyi 遵义市 Zunyi
shanxi 山西省 Shanxi: taiyuan 太原市 Taiyuan, datong 大同市 Datong
jilin 吉林省 Jilin: changchun 长春市 Changchun, yanji 延吉市 Yanji
heilongjiang 黑龙江省 Heilongjiang: harbin 哈尔滨市 Harbin, daqing 大庆市 Daqing
inner-mongolia 内蒙古自治区 Inner_Mongolia: hohhot 呼和浩特市 Hohhot, baotou 包头市 Baotou
xinjiang 新疆维吾尔自治区 Xinjiang: urumqi 乌鲁木齐市 Urumqi, karamay 克拉玛依市 Karamay
gansu 甘肃省 Gansu: lanzhou 兰州市 Lanzhou, tianshui 天水市 Tianshui
hainan 海南省 Hainan: haikou 海口市 Haikou, sanya 三亚市 Sanya
ningxia 宁夏回族自治区 Ningxia: yinchuan 银川市 Yinchuan, wuzhong 吴忠市 Wuzhong
qinghai 青海省 Qinghai: xining 西宁市 Xining, golmud 格尔木市 Golmud
xizang 西藏自治区 Xizang: lhasa 拉萨市 Lhasa, shigatse 日喀则市 Shigatse
"""


def _place(text: str, within: str) -> Place:
    local, zh, en = text.split()
    return Place(f"synth-{local}", zh, en.replace("_", " "), within)


def _read() -> dict[Place, tuple[Place, ...]]:
    found: dict[Place, tuple[Place, ...]] = {}
    for line in _TABLE.strip().splitlines():
        head, _, rest = line.partition(":")
        province = _place(head, CHINA.id)
        found[province] = tuple(_place(each, province.id) for each in rest.split(",") if each.strip())
    return found


CITIES: Final = _read()
"""The cities of each province; the first provinces issue the most policies."""

PROVINCES: Final = tuple(CITIES)
