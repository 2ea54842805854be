/** The role of clients that protect resources, for their service accounts and whom they let register resources (UMA 2.0). */
export const protectionRole = 'uma_protection'
