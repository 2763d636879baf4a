/** ISO 3166-1: alpha-2 followed by alpha-3, all 249. */
const codes =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ ' +
  'CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA ' +
  'GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN ' +
  'KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ ' +
  'NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ ' +
  'TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE';

const alpha2 = new Set<string>();
const other = new Map<string, string>();
for (const pair of codes.split(' ')) {
  alpha2.add(pair.slice(0, 2));
  other.set(pair.slice(2), pair.slice(0, 2));
}
// What people write beside the codes and the names below.
for (const [name, code] of [
  ['UK', 'GB'],
  ['U.K.', 'GB'],
  ['ENGLAND', 'GB'],
  ['SCOTLAND', 'GB'],
  ['WALES', 'GB'],
  ['GREAT BRITAIN', 'GB'],
  ['U.S.', 'US'],
  ['U.S.A.', 'US'],
  ['UNITED STATES OF AMERICA', 'US'],
  ['CZECH REPUBLIC', 'CZ'],
  ['TURKEY', 'TR'],
  ['HOLLAND', 'NL'],
  ['EL', 'GR'],
] as const) {
  other.set(name, code);
}

let names: Map<string, string> | undefined;
/** Country names in the languages that files come in most. Built at first need: it asks the runtime for some 1,500 names. */
function byName(): Map<string, string> {
  if (names) return names;
  names = new Map();
  for (const language of ['pt', 'it', 'nl', 'es', 'fr', 'de', 'en']) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of alpha2) {
      const name = display.of(code);
      if (name !== undefined) names.set(name.toUpperCase(), code);
    }
  }
  return names;
}

/**
 * ISO 3166-1 alpha-2 for what a cell says: a code of two or three letters, or a name. `converted` where it was not alpha-2 already; undefined where it is no country
 * that we know.
 */
export function toCountry(text: string): { code: string; converted: boolean } | undefined {
  if (alpha2.has(text)) return { code: text, converted: false };
  const upper = text.toUpperCase();
  if (alpha2.has(upper)) return { code: upper, converted: false };
  const code = other.get(upper) ?? (upper.length > 3 ? byName().get(upper) : undefined);
  return code === undefined ? undefined : { code, converted: true };
}
