/** What stands for a secret in answers; sent back, it leaves the secret as it is. */
export const masked = '**********'
