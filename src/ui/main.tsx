import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Laboratory } from '../lab/laboratory.ts';
import { App } from './App.tsx';
import './style.css';

const laboratory = new Laboratory(document.baseURI);
void laboratory.start();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App laboratory={laboratory} />
  </StrictMode>,
);
