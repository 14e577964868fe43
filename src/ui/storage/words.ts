import { tasks } from '../../tasks/index.ts';

const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** @param ms since 1970 */
export const dateText = (ms: number): string => format.format(ms);

/** A stored task may be one that only another version of the page knows. */
export const taskTitle = (name: string): string => tasks.find((task) => task.name === name)?.title ?? name;
