import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccountController } from './controllers/account.controller';
import { ListingsController } from './controllers/listings.controller';
import { LoansController } from './controllers/loans.controller';
import { LoginController } from './controllers/login.controller';
import { NoticesController } from './controllers/notices.controller';
import { OrdersController } from './controllers/orders.controller';
import { ProgressController } from './controllers/progress.controller';
import { PORTS } from './ports';
import type { CustomerApiPorts } from './ports';
import { ProgressBoard } from './progress/progress-board';
import { SessionGuard } from './session';

/** The customer API with what it is given. */
export function customerApiModule(ports: CustomerApiPorts): Type {
  @Module({
    controllers: [
      LoginController,
      NoticesController,
      AccountController,
      ListingsController,
      ProgressController,
      OrdersController,
      LoansController,
    ],
    providers: [
      { provide: PORTS, useValue: ports },
      { provide: ProgressBoard, useFactory: () => new ProgressBoard(ports.work, ports.log, ports.watching) },
      { provide: APP_GUARD, useClass: SessionGuard },
    ],
  })
  class CustomerApiModule {}
  return CustomerApiModule;
}
