// How Mantine is set up: colours that can be read in light and dark, system fonts, and the nonce of the page for its styles.
import {
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  type VariantColorResolverResult,
  type VariantColorsResolverInput,
} from '@mantine/core';
import { setNonce } from 'get-nonce';

/** What the server's Content-Security-Policy lets styles made by code carry. Vite's build puts it into the page. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
// For the dialogs' scroll lock, which is a library of its own.
setNonce(nonce);

const lagoon: MantineColorsTuple = [
  '#e4f7f8',
  '#d3ecee',
  '#aad8db',
  '#7dc3c8',
  '#59b2b8',
  '#41a7ae',
  '#2f959c',
  '#0b7880',
  '#0b6e75',
  '#005a61',
];

/** The greys of the dark scheme, as blue as the ground of the other pages. */
const dark: MantineColorsTuple = [
  '#e6ebf0',
  '#c3ccd6',
  '#9aa7b4',
  '#7c8a99',
  '#4a586b',
  '#3a475a',
  '#2b3648',
  '#212a3b',
  '#1a222f',
  '#161d26',
];

/** Mantine's colours, but for texts whose contrast would be less than 4.5 to 1. */
function readable(input: VariantColorsResolverInput): VariantColorResolverResult {
  const colors = defaultVariantColorsResolver(input);
  switch (input.variant) {
    case 'filled':
      // It is chosen by the light scheme's shade, and that of the dark one is pale.
      return { ...colors, color: `light-dark(${colors.color}, var(--on-accent))` };
    case 'light':
      return { ...colors, color: `light-dark(color-mix(in srgb, ${colors.color} 75%, black), ${colors.color})` };
    default:
      return colors;
  }
}

export const theme = createTheme({
  colors: { lagoon, dark },
  primaryColor: 'lagoon',
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  variantColorResolver: readable,
  luminanceThreshold: 0.35,
  defaultRadius: 'md',
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--sans)' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Else the focus goes to an empty element in the menu, which is none that a menu may have.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close this message' } } }),
  },
});
