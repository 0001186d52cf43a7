// The few words that scripts say, in the language of the page.

const WORDS = {
  copied: ['已复制', 'Copied'],
  notCopied: ['未能复制，请手动选择', 'Not copied; please select it by hand'],
  notAnAmount: ['不是金额。请填写数字，如 300000', 'Not an amount. Write a number, such as 300000'],
  separators: ['分隔符不在千位', 'The separators do not stand at the thousands'],
  tooFine: ['精确到分以下', 'Finer than a fen'],
  tooLarge: ['超过 1,000 亿元的上限', 'Above the limit of 100 billion yuan'],
  ofWhole: ['占合同', 'of the contract'],
  percent: ['%', ' %'],
  readAs: ['按', 'read in'],
  notADay: ['不是日期。请写成 2024-10-15、20241015、10-15 或 今天', 'Not a day. Write 2024-10-15, 20241015, 10-15 or today'],
  dayToCome: ['晚于今天', 'After today'],
  pickDay: ['选择日期', 'Pick a day'],
  draftKept: ['草稿已存', 'Draft kept'],
  draftBack: ['已恢复上次填写的内容，尚未保存', 'What you had typed is back; it is not saved yet'],
  noMatch: ['没有符合的结果', 'Nothing found'],
  total: ['合计', 'Total'],
  unit: ['单位：', 'Unit: '],
  partMonth: ['本月未满', 'part of the month'],
  clickOpens: ['点击查看记录', 'Click for the rows'],
  row: ['行', 'Row'],
  pastedRows: ['已粘贴 {n} 行', 'Rows pasted: {n}'],
  underOwnTitles: ['，用的是粘贴内容自己的表头', ', under the titles that came with them'],
  pasteTooWide: ['粘贴的内容比表格宽 {n} 列，没有粘贴。请连同表头一起复制', 'Too wide by {n} of the columns, and not pasted. Copy the rows with their titles'],
  pasteTooLong: ['粘贴的内容太长，没有粘贴。请存成 .xlsx 后上传', 'Too long, and not pasted. Save it as .xlsx and upload it'],
  restIsSent: ['还有 {n} 行没有显示，会一并核对', 'Rows not shown: {n}; they are checked as well'],
  selected: ['已选', 'Selected'],
};

export const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

export function said(name) {
  return WORDS[name][language === 'zh' ? 0 : 1];
}
