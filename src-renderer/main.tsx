import '@fontsource-variable/inter/wght.css';
import './ui/layers.css';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { showFullTexts } from './ui/full-text.js';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
showFullTexts(document);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
