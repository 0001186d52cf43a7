// The script of every page: each module looks for its own data- attributes, so a page without them pays nothing.
import './requests.js';
import { startComboboxes } from './combobox.js';
import { startCopying } from './copying.js';
import { startDays } from './days.js';
import { startDoubts } from './doubts.js';
import { startDrafts } from './drafts.js';
import { startDropping } from './dropping.js';
import { startLighting } from './lighting.js';
import { startLoading } from './loading.js';
import { startOneTimeLink } from './one-time-link.js';
import { startPasteGrids } from './paste-grid.js';
import { startPopovers } from './popovers.js';
import { startProgress } from './progress.js';
import { startReadBack } from './readback.js';
import { startSearch } from './searching.js';
import { startSelection } from './selection.js';
import { startSubmitting } from './submitting.js';
import { startViews } from './views.js';

startComboboxes();
startCopying();
startDays();
startDoubts();
startDropping();
startLighting();
startLoading();
startOneTimeLink();
startPasteGrids();
startPopovers();
startProgress();
startReadBack();
startSearch();
startSelection();
startSubmitting();
startViews();
startDrafts(); // last: what it puts back goes into fields that stand
