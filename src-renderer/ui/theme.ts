import { ActionIcon, Badge, Button, Checkbox, createTheme, type CSSVariablesResolver, Input, InputWrapper, type MantineColorsTuple, Menu, Modal, MultiSelect, NumberInput, PasswordInput, Popover, Radio, SegmentedControl, Select, Switch, Textarea, TextInput, Tooltip } from '@mantine/core';

/** The look in one place: `/work/shared/look/tokens.md`. Feature code names roles (`var(--h-text-2)`), never a hex value. Shades run lightest first. */
const slate: MantineColorsTuple = ['#F6F7F9', '#EDF0F3', '#E2E6EB', '#CDD4DC', '#9AA6B3', '#66727F', '#4B5663', '#333D48', '#212932', '#151A21'];
const amber: MantineColorsTuple = ['#FEF7E6', '#FCEBC4', '#F9DB94', '#F4C75C', '#EFB434', '#E8A317', '#C98A0C', '#8F5F00', '#6B4700', '#422C00'];
// Mantine's own dark scale: text first, then edges (4), hover (5), controls (6), body (7).
const dark: MantineColorsTuple = ['#E7EBEF', '#AFB9C4', '#8996A4', '#6B7886', '#3A444F', '#29313A', '#1D232A', '#181D23', '#12161B', '#0D1014'];
const blue: MantineColorsTuple = ['#EDF4FE', '#D9E8FC', '#B3D0F8', '#85B3F2', '#5A96EA', '#3A7DE0', '#2466CC', '#1B55AE', '#17478F', '#12366C'];
const red: MantineColorsTuple = ['#FDF0EF', '#FADDDA', '#F4B9B3', '#EC9188', '#E2695E', '#D64A3E', '#BF352A', '#A02A21', '#82221B', '#5E1813'];
const green: MantineColorsTuple = ['#ECF7F1', '#D2EDDD', '#A5DABC', '#72C397', '#48AB77', '#2A9460', '#187A4B', '#13633D', '#0F4F31', '#0A3722'];

// Mantine's smallest inputs are 30 px with 11 px text: the look wants 28 px and body text.
const inputs = { defaultProps: { size: 'xs' } } as const;
const labels = { label: { fontSize: 12, lineHeight: '16px', fontWeight: 500, marginBlockEnd: 4 }, description: { fontSize: 12, lineHeight: '16px', color: 'var(--h-text-2)' }, error: { fontSize: 12, lineHeight: '16px' } };

// The box is 16 px beside a first line of 20 px: both have one middle.
const beside = { inner: { marginBlockStart: 2 }, track: { marginBlockStart: 2 }, labelWrapper: { lineHeight: '20px' }, label: { fontSize: 13, lineHeight: '20px' } } as const;

export const theme = createTheme({
  colors: { slate, gray: slate, dark, amber, blue, red, green },
  primaryColor: 'amber',
  primaryShade: 5,
  // Dark ink on amber: white on amber is 2.2:1.
  autoContrast: true,
  luminanceThreshold: 0.35,
  black: '#1A2129',
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '16px', md: '20px', lg: '20px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px' },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' }, styles: { root: { height: 28, fontSize: 12.5, fontWeight: 550, paddingInline: 10 }, section: { marginInlineEnd: 6 } } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'slate', size: 28 } }),
    Input: Input.extend({ vars: () => ({ wrapper: { '--input-height': '28px', '--input-fz': '13px' } }) }),
    InputWrapper: InputWrapper.extend({ styles: labels }),
    PasswordInput: PasswordInput.extend(inputs),
    MultiSelect: MultiSelect.extend(inputs),
    TextInput: TextInput.extend(inputs),
    Textarea: Textarea.extend(inputs),
    NumberInput: NumberInput.extend(inputs),
    Select: Select.extend({ defaultProps: { size: 'xs', checkIconPosition: 'right', comboboxProps: { shadow: 'sm' } } }),
    SegmentedControl: SegmentedControl.extend({ ...inputs, styles: { label: { fontSize: 12, lineHeight: '18px', fontWeight: 550 } } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'xs', color: 'blue.6', radius: 'sm' }, styles: beside }),
    Radio: Radio.extend({ defaultProps: { size: 'xs', color: 'blue.6' }, styles: beside }),
    Switch: Switch.extend({ defaultProps: { size: 'xs', color: 'blue.6' }, styles: beside }),
    Badge: Badge.extend({ defaultProps: { radius: 'sm', variant: 'light' }, styles: { root: { textTransform: 'none' } } }),
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false, shadow: 'sm', position: 'bottom-end', transitionProps: { duration: 120 } } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'sm', transitionProps: { duration: 120 } } }),
    Modal: Modal.extend({ styles: { title: { fontSize: 15, fontWeight: 600 } }, defaultProps: { centered: true, transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.35 }, closeButtonProps: { 'aria-label': 'Close' } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, transitionProps: { duration: 120 } } }),
  },
});

/** Role -> [light, dark]. Becomes `--h-<role>`. */
const roles = {
  chrome: ['#F3F5F7', '#12161B'],
  surface: ['#FFFFFF', '#181D23'],
  raised: ['#F9FAFB', '#1D232A'],
  hover: ['#F1F4F7', '#222931'],
  active: ['#E4E9EE', '#29313A'],
  line: ['#E4E8EC', '#272F38'],
  'line-2': ['#CFD6DD', '#3A444F'],
  text: ['#1A2129', '#E7EBEF'],
  'text-2': ['#4F5A67', '#AFB9C4'],
  'text-3': ['#6B7683', '#8996A4'],
  // text-3 on anything darker than the surface: hovered and selected rows, panels. There text-3 itself falls to 4.2:1.
  'text-3-tint': ['#5A6673', '#9AA6B3'],
  accent: ['#E8A317', '#E8A317'],
  'accent-ink': ['#1A2129', '#1A2129'],
  'accent-soft': ['#FDF3DC', '#33290F'],
  'accent-text': ['#855800', '#F2BE52'],
  link: ['#1F5FC4', '#7DB2F7'],
  sel: ['#EAF2FD', '#1A2B42'],
  'sel-line': ['#A9C8F5', '#31598F'],
  ok: ['#187A4B', '#5CC592'],
  'ok-soft': ['#E8F5EE', '#16301F'],
  bad: ['#BF352A', '#F08A80'],
  'bad-soft': ['#FDF0EF', '#391C1A'],
  bar: ['#DDE3E9', '#2E3741'],
  'bar-2': ['#B4C0CC', '#4F5C6A'],
  grid: ['#EBEEF2', '#242B33'],
  neutral: ['#9AA6B3', '#6B7886'],
  // Okabe-Ito; in the dark the same hues lifted to 3:1 on the surface.
  'chart-1': ['#0072B2', '#4DA3DB'],
  'chart-2': ['#E69F00', '#E69F00'],
  'chart-3': ['#009E73', '#2DBE94'],
  'chart-4': ['#D55E00', '#F07F33'],
  'chart-5': ['#56B4E9', '#8CCBF2'],
  'chart-6': ['#CC79A7', '#DB9ABF'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type Role = keyof typeof roles;
export type Scheme = 'light' | 'dark';

/** A role's value where CSS variables do not reach: a canvas. */
export function roleColour(role: Role, scheme: Scheme): string {
  return roles[role][scheme === 'light' ? 0 : 1];
}

function schemeVariables(scheme: Scheme): Record<string, string> {
  const own = Object.fromEntries(Object.keys(roles).map((role) => [`--h-${role}`, roleColour(role as Role, scheme)]));
  return {
    ...own,
    '--mantine-color-text': roleColour('text', scheme),
    '--mantine-color-body': roleColour('surface', scheme),
    '--mantine-color-default': roleColour('surface', scheme),
    '--mantine-color-default-hover': roleColour('hover', scheme),
    '--mantine-color-default-color': roleColour('text', scheme),
    '--mantine-color-default-border': roleColour('line-2', scheme),
    '--mantine-color-dimmed': roleColour('text-3', scheme),
    '--mantine-color-placeholder': roleColour('text-3', scheme),
    '--mantine-color-anchor': roleColour('link', scheme),
    '--mantine-color-error': roleColour('bad', scheme),
  };
}

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: schemeVariables('light'), dark: schemeVariables('dark') });
