export { TemplateEditor } from './editor.js';
export { Templates } from './list.js';
export { MessagePreview, PreviewPane, type PreviewPaneProps, usePreview } from './preview.js';
